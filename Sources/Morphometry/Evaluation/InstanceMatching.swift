/// Predicted objects paired one to one with true ones whose Jaccard index reaches a threshold, and
/// the scores that follow.
///
/// The convention is that of StarDist (`stardist.matching`): of all pairings the one with the most
/// pairs at or above the threshold, and of those the one with the largest sum of Jaccard indices.
public struct InstanceMatching: Hashable, Sendable {
  /// The thresholds of an evaluation: 0.1, 0.2 … 0.9.
  public static let thresholds = (1...9).map { Double($0) / 10 }

  /// Pairs at or above the threshold: TP.
  public private(set) var truePositives = 0
  /// The sum of their Jaccard indices.
  public private(set) var score = 0.0
  /// The number of predicted objects.
  public let predictionCount: Int
  /// The number of true objects.
  public let truthCount: Int

  /// Pairs the objects at a threshold in (0, 1].
  ///
  /// - Complexity: memory O(pairs that overlap); time grows with the objects that compete for each
  ///   other.
  public init(_ overlap: LabelOverlap, threshold: Double) {
    precondition(threshold > 0 && threshold <= 1, "a threshold lies in (0, 1]: \(threshold)")
    (predictionCount, truthCount) = (overlap.prediction.count, overlap.truth.count)
    // A pair counts 1 + a little for its score; all those together stay below 1/2.
    let pairLimit = Double(2 * min(predictionCount, truthCount))
    // Objects that share no voxel gain nothing from a pairing, so each group is solved by itself.
    for group in overlap.groups {
      let scores = group.pairs.map { overlap.jaccard($0.pair) }
      if let own = Self.uncontested(group, scores, threshold: threshold) {
        truePositives += own.count
        for value in own { score += value }
        continue
      }
      let graph = PairList(
        rows: group.truth.count, columns: group.prediction.count,
        zip(group.pairs, scores).map { pair, score in
          (pair.truth, pair.prediction, -(score >= threshold ? 1 : 0) - score / pairLimit)
        })
      let columns = SparseAssignment(graph, alone: 0).columnOfRow
      for ((row, column, _), jaccard) in zip(group.pairs, scores)
      where columns[row] == column && jaccard >= threshold {
        truePositives += 1
        score += jaccard
      }
    }
  }

  /// The Jaccard indices of the pairs at or above the threshold if no object is in two of them, so
  /// that any optimal pairing has them all; nil otherwise.
  private static func uncontested(
    _ group: LabelOverlap.Group, _ scores: [Double], threshold: Double
  ) -> [Double]? {
    var rows: Set<Int> = []
    var columns: Set<Int> = []
    var found: [Double] = []
    for (pair, value) in zip(group.pairs, scores) where value >= threshold {
      guard rows.insert(pair.truth).inserted, columns.insert(pair.prediction).inserted else {
        return nil
      }
      found.append(value)
    }
    return found
  }

  /// Predictions without a partner: FP.
  public var falsePositives: Int { predictionCount - truePositives }
  /// True objects without a partner: FN.
  public var falseNegatives: Int { truthCount - truePositives }

  /// TP / (TP + FP). Without predictions: 1 if there was nothing to find, else 0.
  public var precision: Double { ratio(Double(truePositives), predictionCount) }
  /// TP / (TP + FN). Without true objects: 1 if nothing was predicted, else 0.
  public var recall: Double { ratio(Double(truePositives), truthCount) }
  /// TP / (TP + FP + FN), which StarDist calls accuracy and others average precision. Both empty:
  /// 1.
  public var averagePrecision: Double {
    ratio(Double(truePositives), predictionCount + truthCount - truePositives)
  }
  /// 2 TP / (2 TP + FP + FN). Both empty: 1.
  public var f1: Double { ratio(2 * Double(truePositives), predictionCount + truthCount) }
  /// Panoptic quality, the sum of Jaccard indices / (TP + FP / 2 + FN / 2): Kirillov et al., CVPR
  /// 2019, equation 1. Both empty: 1.
  public var panopticQuality: Double { ratio(2 * score, predictionCount + truthCount) }

  private func ratio(_ part: Double, _ whole: Int) -> Double {
    LabelOverlap.ratio(part, whole, isEmpty: predictionCount + truthCount == 0)
  }
}
