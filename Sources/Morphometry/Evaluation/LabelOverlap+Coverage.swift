extension LabelOverlap {
  /// For each true object the Jaccard index with the prediction that covers more than half of it, 0
  /// where none does: the terms of SEG.
  ///
  /// Maška et al., "A benchmark for comparison of cell tracking algorithms", Bioinformatics 30
  /// (2014), section 2.4; Tokuoka et al., npj Syst. Biol. Appl. 6:32 (2020).
  public var segmentationScores: [Double] {
    var scores = [Double](repeating: 0, count: truth.count)
    for pair in pairs where coversMoreThanHalf(pair) { scores[pair.truth] = jaccard(pair) }
    return scores
  }

  /// For each predicted object the best Jaccard index with a true object of which it covers more
  /// than half, 0 where there is none: the terms of MUCov (Tokuoka et al., npj Syst. Biol. Appl.
  /// 6:32 (2020)).
  public var coverageScores: [Double] {
    var scores = [Double](repeating: 0, count: prediction.count)
    for pair in pairs where coversMoreThanHalf(pair) {
      scores[pair.prediction] = max(scores[pair.prediction], jaccard(pair))
    }
    return scores
  }

  /// SEG of one volume: the mean of ``segmentationScores``. Without true objects: 1 if nothing was
  /// predicted, else 0.
  public var segmentation: Double { mean(segmentationScores) }

  /// MUCov of one volume: the mean of ``coverageScores``. Without predictions: 1 if there was
  /// nothing to find, else 0.
  public var coverage: Double { mean(coverageScores) }

  private func mean(_ scores: [Double]) -> Double {
    Self.ratio(
      scores.reduce(0, +), scores.count, isEmpty: truth.isEmpty && prediction.isEmpty)
  }

  /// A ratio whose whole may be 0: then 1 if there was nothing to find and nothing found, else 0.
  static func ratio(_ part: Double, _ whole: Int, isEmpty: Bool) -> Double {
    whole > 0 ? part / Double(whole) : isEmpty ? 1 : 0
  }
}
