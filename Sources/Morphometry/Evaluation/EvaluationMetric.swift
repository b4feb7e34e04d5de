/// A score that an evaluation gives for a volume and for a set of volumes.
public enum EvaluationMetric: Hashable, Sendable {
  /// Foreground intersection over union; the mean over volumes.
  case iou
  /// SEG of the paper: the mean over a volume's true nuclei, then over volumes.
  case seg
  /// MUCov of the paper: the mean over a volume's predictions, then over volumes.
  case mucov
  /// SEG of the Cell Tracking Challenge: the mean over all true nuclei of all volumes.
  case ctcSEG
  /// DET of the Cell Tracking Challenge, all volumes as one graph.
  case ctcDET
  /// Average precision TP / (TP + FP + FN) at a Jaccard index of `tenths` / 10, volumes pooled.
  case averagePrecision(tenths: Int)
  /// F1 at a Jaccard index of `tenths` / 10, volumes pooled.
  case f1(tenths: Int)
  /// Panoptic quality at a Jaccard index of `tenths` / 10, volumes pooled.
  case panopticQuality(tenths: Int)
  /// Matched centroids / predicted ones, volumes pooled.
  case detectionPrecision
  /// Matched centroids / true ones, volumes pooled.
  case detectionRecall
  /// F1 of centroids, volumes pooled.
  case detectionF1
  /// Predicted / true foreground voxels; the mean over volumes that have a true foreground.
  case volumeRatio

  /// The thresholds of ``averagePrecision(tenths:)``, ``f1(tenths:)`` and
  /// ``panopticQuality(tenths:)``.
  public static let tenths = 1...9

  /// All metrics, in the order of files and tables.
  public static let all: [EvaluationMetric] =
    [.iou, .seg, .mucov, .ctcSEG, .ctcDET] + tenths.map { .averagePrecision(tenths: $0) }
    + tenths.map { .f1(tenths: $0) } + tenths.map { .panopticQuality(tenths: $0) }
    + [.detectionPrecision, .detectionRecall, .detectionF1, .volumeRatio]
}
