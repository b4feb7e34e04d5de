import Compute
import Testing

/// The largest memory during pieces of work that overlap.
@Suite struct PeakMeterTests {
  /// A memory whose peak is set by hand.
  private final class Memory: Sendable {
    let state = Guarded((now: 10, peak: 10))

    func become(_ bytes: Int) {
      state.withLock { $0 = (bytes, max($0.peak, bytes)) }
    }

    var meter: PeakMeter {
      PeakMeter(
        peak: { self.state.withLock { $0.peak } },
        reset: { self.state.withLock { $0.peak = $0.now } })
    }
  }

  @Test("Every piece has the peak of its own time, whatever begins or ends meanwhile")
  func overlapping() {
    let memory = Memory()
    let meter = memory.meter
    memory.become(900)
    memory.become(20)
    meter.begin(1)
    memory.become(70)
    memory.become(30)
    meter.begin(2)
    memory.become(50)
    // What came before the first began does not count, and the second one's time is not that of 70.
    #expect(meter.end(1) == 70)
    memory.become(40)
    meter.begin(3)
    #expect(meter.end(2) == 50)
    memory.become(60)
    #expect(meter.end(3) == 60)
  }

  @Test func unknown() {
    let meter = PeakMeter(peak: { nil }, reset: {})
    meter.begin(1)
    #expect(meter.end(1) == nil)
  }
}
