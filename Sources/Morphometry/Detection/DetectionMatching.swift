/// Predicted centroids paired one to one with true ones within a radius, and the scores that
/// follow.
///
/// The pairing is optimal: as many pairs as possible, and of those with the least sum of distances
/// (`LinearAssignment`); so no score depends on the order of the lists.
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
  /// - Complexity: O(min² · max) of the two counts.
  public init(predictions: [PhysicalPoint], truth: [PhysicalPoint], radius: Double) {
    precondition(radius >= 0 && radius.isFinite, "a radius is a finite length: \(radius)")
    predictionCount = predictions.count
    truthCount = truth.count
    let distances = predictions.flatMap { prediction in
      truth.map { prediction.distance(to: $0) }
    }
    // Leaving a pair out costs more than all pairs within the radius together.
    let forbidden = (radius + 1) * Double(min(predictions.count, truth.count) + 1)
    let columns = LinearAssignment.solve(
      distances.map { $0 <= radius ? $0 : forbidden }, rows: predictions.count,
      columns: truth.count)
    pairs = columns.enumerated().compactMap { row, column in
      guard let column else { return nil }
      let distance = distances[row * truth.count + column]
      return distance <= radius ? Pair(prediction: row, truth: column, distance: distance) : nil
    }
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
