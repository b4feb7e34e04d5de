import Compute

/// Percentile confidence intervals by resampling with replacement (Efron and Tibshirani, "An
/// Introduction to the Bootstrap", 1993, chapter 13).
public struct Bootstrap: Hashable, Sendable {
  /// The number of resamples; 0 gives no intervals.
  public var resamples = 2000
  /// The confidence, for example 0.95.
  public var level = 0.95
  /// The seed of the draws.
  public var seed: UInt64 = 0

  /// 2000 resamples at 95 %, seed 0.
  public init() {}

  /// An interval for each of several statistics.
  ///
  /// A resample draws as many samples as there are, with replacement, and adds them up. The bounds
  /// are percentiles of the statistics of all resamples, with linear interpolation between
  /// neighbors (type 7, NumPy's default). The same bits for any number of threads.
  ///
  /// - Parameters:
  ///   - samples: what each sample contributes.
  ///   - stream: a number for this set of samples; sets of other numbers draw independently.
  ///   - statistics: the statistics of a sum, nil where one is not defined; resamples without a
  ///     value are left out of that statistic's interval.
  /// - Returns: an interval per statistic, nil where no resample has a value; all nil for fewer
  ///   than two samples, which tell nothing about their spread.
  /// - Complexity: O(resamples · samples).
  public func intervals<Sample: AdditiveArithmetic & Sendable>(
    of samples: [Sample], stream: UInt64 = 0,
    statistics: @Sendable (Sample) -> [Double?]
  ) -> [ClosedRange<Double>?] {
    precondition(level > 0 && level < 1, "a confidence level lies between 0 and 1: \(level)")
    let count = statistics(samples.reduce(.zero, +)).count
    guard samples.count > 1, resamples > 0 else {
      return [ClosedRange<Double>?](repeating: nil, count: count)
    }
    let values = Parallel.map(resamples) { resample in
      var generator = SeededGenerator(seed: seed, stream: stream, UInt64(resample))
      var sum = Sample.zero
      for _ in samples { sum += samples[Int.random(in: samples.indices, using: &generator)] }
      return statistics(sum)
    }
    return (0..<count).map { index in
      let sorted = values.compactMap { $0[index] }.sorted()
      guard !sorted.isEmpty else { return nil }
      let tail = (1 - level) / 2
      return Self.quantile(tail, of: sorted)...Self.quantile(1 - tail, of: sorted)
    }
  }

  /// A quantile of values in ascending order, by linear interpolation.
  static func quantile(_ fraction: Double, of sorted: [Double]) -> Double {
    let position = fraction * Double(sorted.count - 1)
    let below = min(Int(clamped: position), sorted.count - 1)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
  }
}
