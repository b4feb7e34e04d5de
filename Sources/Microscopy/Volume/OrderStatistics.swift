import Compute

/// Finds values by their rank in two passes over them, in little memory: a histogram of the upper 16
/// bits of all values, and then of the lower 16 bits of the values in the bins that matter.
struct OrderStatistics {
  private static let bins = 1 << 16

  private var upper = [Int](repeating: 0, count: bins)
  /// For each bin of ``upper`` the number of its histogram in ``lower``, from 1; 0 for none.
  private var slots = [UInt8](repeating: 0, count: bins)
  private var lower: [[Int]] = []

  /// The percentiles of `count` values, interpolated linearly between order statistics.
  ///
  /// - Parameter pass: Calls its argument with all values, in any parts; called twice.
  static func percentiles(
    _ percents: [Double], of count: Int, pass: (_ body: ([Float]) -> Void) throws -> Void
  ) rethrows -> [Double] {
    guard count > 0 else { return percents.map { _ in 0 } }
    var statistics = OrderStatistics()
    try pass { values in
      for value in values { statistics.upper[Int(value.orderedBits >> 16)] += 1 }
    }
    let positions = percents.map { percent in
      precondition((0...100).contains(percent), "a percentile lies in 0…100, not at \(percent)")
      return percent / 100 * Double(count - 1)
    }
    for position in positions {
      let rank = min(count - 1, Int(clamped: position))
      for next in [rank, min(count - 1, rank + 1)] { statistics.select(statistics.bin(next).bin) }
    }
    try pass { values in
      for value in values {
        let bits = value.orderedBits
        let slot = statistics.slots[Int(bits >> 16)]
        if slot > 0 { statistics.lower[Int(slot) - 1][Int(bits & 0xFFFF)] += 1 }
      }
    }
    return positions.map { position in
      let rank = min(count - 1, Int(clamped: position))
      let low = statistics.value(rank)
      let fraction = position - Double(rank)
      guard fraction > 0 else { return low }
      return low + (statistics.value(rank + 1) - low) * fraction
    }
  }

  /// The bin of a rank, and the number of values below the bin.
  private func bin(_ rank: Int) -> (bin: Int, below: Int) {
    var (bin, below) = (0, 0)
    while below + upper[bin] <= rank {
      below += upper[bin]
      bin += 1
    }
    return (bin, below)
  }

  /// Makes room for the lower bits of a bin.
  private mutating func select(_ bin: Int) {
    guard slots[bin] == 0 else { return }
    lower.append([Int](repeating: 0, count: Self.bins))
    slots[bin] = UInt8(lower.count)
  }

  /// The value of a rank whose bin was selected.
  private func value(_ rank: Int) -> Double {
    var (bin, below) = bin(rank)
    let counts = lower[Int(slots[bin]) - 1]
    var low = 0
    while below + counts[low] <= rank {
      below += counts[low]
      low += 1
    }
    bin = bin << 16 | low
    return Double(Float(orderedBits: UInt32(bin)))
  }
}
