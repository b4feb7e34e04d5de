import Compute
import Testing

@Suite struct CountedTests {
  @Test func nouns() {
    #expect([0, 1, 2].map { $0.counted("frame") } == ["0 frames", "1 frame", "2 frames"])
    #expect(1.counted("nucleus", "nuclei") == "1 nucleus")
    #expect([0, 7].map { $0.counted("nucleus", "nuclei") } == ["0 nuclei", "7 nuclei"])
  }
}
