import Compute
import Tensors
import Testing

@Suite struct MachinePeaksTests {
  @Test func ratesOfTheThreadsInForce() {
    Parallel.$threads.withValue(2) {
      let peaks = MachinePeaks.measured(seconds: 0.001)
      #expect(peaks.threads == 2)
      #expect(peaks.sgemm > 1e6 && peaks.sgemm.isFinite)
      #expect(peaks.multiplyAdd > 1e6 && peaks.multiplyAdd.isFinite)
    }
  }

  @Test func versionOfOpenBLAS() {
    if let version = Engine.blasVersion {
      #expect(version.split(separator: ".").count >= 2, "\(version)")
    }
  }
}
