/// The metrics of a set of volumes, with their spread.
public struct EvaluationSummary: Hashable, Sendable {
  /// The sums that the metrics follow from.
  package let sums: EvaluationSums
  private let deviations: [EvaluationMetric: Double]
  private let intervals: [EvaluationMetric: ClosedRange<Double>]

  /// Summarizes volumes; `stream` tells the draws of several summaries apart.
  public init(_ volumes: [VolumeEvaluation], bootstrap: Bootstrap, stream: UInt64 = 0) {
    sums = volumes.reduce(into: .zero) { $0 += $1.sums }
    var deviations: [EvaluationMetric: Double] = [:]
    for metric in EvaluationMetric.all {
      let values = volumes.compactMap { $0[metric] }
      if values.count < 2 { continue }
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      deviations[metric] = (squares / Double(values.count - 1)).squareRoot()
    }
    self.deviations = deviations
    let bounds = bootstrap.intervals(of: volumes.map(\.sums), stream: stream) { sums in
      EvaluationMetric.all.map { sums[$0] }
    }
    var intervals: [EvaluationMetric: ClosedRange<Double>] = [:]
    for (metric, interval) in zip(EvaluationMetric.all, bounds) { intervals[metric] = interval }
    self.intervals = intervals
  }

  /// The number of volumes.
  public var volumeCount: Int { sums.volumes }

  /// A metric over all volumes; nil where it is not defined.
  public subscript(metric: EvaluationMetric) -> Double? { sums[metric] }

  /// The standard deviation (n − 1) of a metric over volumes; nil for fewer than two values.
  public func deviation(_ metric: EvaluationMetric) -> Double? { deviations[metric] }

  /// The bootstrap confidence interval of a metric over all volumes; nil for fewer than two
  /// volumes.
  public func interval(_ metric: EvaluationMetric) -> ClosedRange<Double>? { intervals[metric] }
}
