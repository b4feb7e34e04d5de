import Compute

/// Numbers (float32) alive now, and at the worst moment so far.
struct MemoryTally {
  private var alive: Int
  private var peak: Int

  init(_ alive: Int) {
    self.alive = alive
    peak = alive
  }

  /// The bytes of the worst moment, with what the pool keeps.
  var peakBytes: Int { Self.pooled(peak * MemoryLayout<Float>.stride) }

  /// Bytes with what the pool keeps.
  static func pooled(_ bytes: Int) -> Int { PageLedger.mostHeld(bytes) }

  mutating func take(_ count: Int) {
    alive += count
    peak = max(peak, alive)
  }

  mutating func free(_ count: Int) { alive -= count }

  /// Taken and freed at once.
  mutating func hold(_ count: Int) { peak = max(peak, alive + count) }
}
