import Compute

/// The times of repeated runs of the same work.
public struct Timing: Hashable, Sendable {
  /// The seconds of every run, in order; at least one.
  public let seconds: [Double]

  /// Times that were measured.
  public init(seconds: [Double]) {
    precondition(!seconds.isEmpty, "a timing needs at least one run")
    self.seconds = seconds
  }

  /// The shortest run, the one that other processes disturbed least.
  public var minimum: Double { seconds.reduce(.infinity, min) }

  /// The middle run, or the mean of the two middle ones.
  public var median: Double {
    let sorted = seconds.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  /// Times `repetitions` runs of `body`, after a warm-up run that does not count.
  ///
  /// Short work is repeated more often, until `minimumSeconds` have passed.
  public static func of<Failure: Error>(
    repetitions: Int, minimumSeconds: Double = 0, _ body: () throws(Failure) -> Void
  ) throws(Failure) -> Timing {
    precondition(repetitions >= 1, "at least one repetition")
    try body()
    var (seconds, total): ([Double], Double) = ([], 0)
    while seconds.count < repetitions || (total < minimumSeconds && seconds.count < 1000) {
      let start = ContinuousClock.now
      try body()
      let elapsed = start.duration(to: .now).inSeconds
      seconds.append(elapsed)
      total += elapsed
    }
    return Timing(seconds: seconds)
  }
}
