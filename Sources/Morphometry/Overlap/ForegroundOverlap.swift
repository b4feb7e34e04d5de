import Microscopy

/// How a predicted foreground and the true one overlap, voxel by voxel.
package struct ForegroundOverlap: Hashable, Sendable, Codable, AdditiveArithmetic {
  /// Foreground in both: TP.
  package var truePositives: Int
  /// Foreground in the prediction alone: FP.
  package var falsePositives: Int
  /// Foreground in the truth alone: FN.
  package var falseNegatives: Int

  /// No voxels at all.
  package static let zero = ForegroundOverlap(
    truePositives: 0, falsePositives: 0, falseNegatives: 0)

  /// An overlap of these counts.
  package init(truePositives: Int, falsePositives: Int, falseNegatives: Int) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.falseNegatives = falseNegatives
  }

  /// Counts the voxels of two volumes of one extent.
  ///
  /// - Complexity: O(voxels).
  package init(prediction: Volume<Bool>, truth: Volume<Bool>) {
    precondition(
      prediction.extent == truth.extent, "\(prediction.extent) is not \(truth.extent)")
    self.init(prediction: prediction.voxels, truth: truth.voxels)
  }

  /// Counts the elements of two lists of one length.
  package init(prediction: [Bool], truth: [Bool]) {
    precondition(prediction.count == truth.count, "\(prediction.count) is not \(truth.count)")
    var (both, predicted, actual) = (0, 0, 0)
    for index in prediction.indices {
      both += prediction[index] && truth[index] ? 1 : 0
      predicted += prediction[index] ? 1 : 0
      actual += truth[index] ? 1 : 0
    }
    self.init(
      truePositives: both, falsePositives: predicted - both, falseNegatives: actual - both)
  }

  /// TP / (TP + FP + FN), the Jaccard index. Both foregrounds empty: 1.
  package var intersectionOverUnion: Double {
    let union = truePositives + falsePositives + falseNegatives
    return union > 0 ? Double(truePositives) / Double(union) : 1
  }

  /// The counts of both, to pool volumes.
  package static func + (a: Self, b: Self) -> Self {
    Self(
      truePositives: a.truePositives + b.truePositives,
      falsePositives: a.falsePositives + b.falsePositives,
      falseNegatives: a.falseNegatives + b.falseNegatives)
  }

  /// The counts of the first without those of the second.
  package static func - (a: Self, b: Self) -> Self {
    Self(
      truePositives: a.truePositives - b.truePositives,
      falsePositives: a.falsePositives - b.falsePositives,
      falseNegatives: a.falseNegatives - b.falseNegatives)
  }
}

extension Volume<Bool> {
  /// The intersection over union with the true foreground, TP / (TP + FP + FN); 1 where both are
  /// empty.
  public func intersectionOverUnion(with truth: Volume<Bool>) -> Double {
    ForegroundOverlap(prediction: self, truth: truth).intersectionOverUnion
  }
}
