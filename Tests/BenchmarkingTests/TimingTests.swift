import Benchmarking
import Compute
import Foundation
import Testing

@Suite struct TimingTests {
  @Test func minimumAndMedian() {
    #expect(Timing(seconds: [3]).median == 3)
    let odd = Timing(seconds: [5, 1, 2])
    #expect(odd.minimum == 1 && odd.median == 2)
    let even = Timing(seconds: [4, 1, 2, 8])
    #expect(even.minimum == 1 && even.median == 3)
  }

  /// One run warms up, the others count; an error ends it.
  @Test func runs() throws {
    var runs = 0
    let timing = Timing.of(repetitions: 3) { runs += 1 }
    #expect(runs == 4 && timing.seconds.count == 3)
    #expect(timing.seconds.allSatisfy { $0 >= 0 })
    runs = 0
    let short = Timing.of(repetitions: 1, minimumSeconds: 0.01) { runs += 1 }
    #expect(runs == short.seconds.count + 1 && short.seconds.count > 1)
    #expect(throws: CocoaError.self) {
      try Timing.of(repetitions: 3) { throw CocoaError(.featureUnsupported) }
    }
  }

  #if os(Linux)
    @Test func memory() throws {
      let (peak, now) = (
        try #require(ProcessMemory.peakBytes), try #require(ProcessMemory.currentBytes)
      )
      #expect(peak >= now / 2 && now > 1 << 20)
      #expect(try #require(ProcessMemory.availableBytes) <= ProcessMemory.machineBytes)
      // Memory counts once it is written to.
      let block = [UInt8](repeating: 1, count: 200 << 20)
      #expect(try #require(ProcessMemory.peakBytes) > 200 << 20)
      #expect(block[block.count / 2] == 1)
    }
  #endif
}
