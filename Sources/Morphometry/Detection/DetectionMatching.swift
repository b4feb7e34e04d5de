/// Predicted centroids paired one to one with true ones within a radius, and the scores that
/// follow.
///
/// The pairing is optimal: as many pairs as possible, and of those with the least sum of distances
/// (`SparseAssignment`); so no score depends on the order of the lists.
public struct DetectionMatching: Hashable, Sendable {
  /// One detected nucleus.
  public struct Pair: Hashable, Sendable {
    /// Its index among the predictions.
    public let prediction: Int
    /// Its index among the true positions.
    public let truth: Int
    /// The distance between the two in µm.
    public let distance: Double
  }

  /// The pairs, ordered by prediction.
  public let pairs: [Pair]
  /// The number of predictions.
  public let predictionCount: Int
  /// The number of true positions.
  public let truthCount: Int

  /// Pairs `predictions` with `truth` where they lie at most `radius` µm apart.
  ///
  /// - Complexity: memory O(n) and the pairs within the radius, at most 2²⁶; time grows with the
  ///   points that compete for each other.
  public init(predictions: [PhysicalPoint], truth: [PhysicalPoint], radius: Double) {
    precondition(radius >= 0 && radius.isFinite, "a radius is a finite length: \(radius)")
    predictionCount = predictions.count
    truthCount = truth.count
    // Leaving a point out costs more than all pairs within the radius together.
    let longest = min(radius, Self.diagonal(predictions + truth))
    let alone = (longest + 1) * Double(min(predictions.count, truth.count) + 1)
    // The rows are the fewer points: those without a partner are the slow ones.
    let isSwapped = predictions.count > truth.count
    let graph =
      isSwapped
      ? NearPoints(truth, predictions, radius: radius)
      : NearPoints(predictions, truth, radius: radius)
    let columns = SparseAssignment(graph, alone: alone).columnOfRow
    pairs = columns.enumerated().compactMap { row, column in
      column.map { isSwapped ? ($0, row) : (row, $0) }
    }.sorted { $0.0 < $1.0 }.map { prediction, truthIndex in
      Pair(
        prediction: prediction, truth: truthIndex,
        distance: predictions[prediction].distance(to: truth[truthIndex]))
    }
  }

  /// The diagonal of the box around points, which no distance exceeds.
  private static func diagonal(_ points: [PhysicalPoint]) -> Double {
    guard var low = points.first else { return 0 }
    var high = low
    for point in points {
      low = PhysicalPoint(z: min(low.z, point.z), y: min(low.y, point.y), x: min(low.x, point.x))
      high = PhysicalPoint(
        z: max(high.z, point.z), y: max(high.y, point.y), x: max(high.x, point.x))
    }
    return low.distance(to: high)
  }

  /// Predictions with a partner: TP.
  public var truePositives: Int { pairs.count }
  /// Predictions without a partner: FP.
  public var falsePositives: Int { predictionCount - pairs.count }
  /// True positions without a partner: FN.
  public var falseNegatives: Int { truthCount - pairs.count }

  /// TP / (TP + FP). Without predictions: 1 if there was nothing to find, else 0.
  public var precision: Double { Self.ratio(pairs.count, predictionCount, isEmpty: isEmpty) }
  /// TP / (TP + FN). Without true positions: 1 if nothing was predicted, else 0.
  public var recall: Double { Self.ratio(pairs.count, truthCount, isEmpty: isEmpty) }
  /// 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall. Both sets empty: 1.
  public var f1: Double {
    Self.ratio(2 * pairs.count, predictionCount + truthCount, isEmpty: isEmpty)
  }

  private var isEmpty: Bool { predictionCount == 0 && truthCount == 0 }

  private static func ratio(_ part: Int, _ whole: Int, isEmpty: Bool) -> Double {
    whole > 0 ? Double(part) / Double(whole) : isEmpty ? 1 : 0
  }
}
