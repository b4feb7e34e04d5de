import Microscopy

/// What volumes contribute to the metrics, in a form that adds up: every metric of a set of volumes
/// is a function of the sum, which is what makes pooling and resampling cheap.
package struct EvaluationSums: Hashable, Sendable, AdditiveArithmetic {
  /// The number of volumes.
  package private(set) var volumes = 0
  /// True nuclei.
  package private(set) var truthCount = 0
  /// Predicted nuclei.
  package private(set) var predictionCount = 0
  /// Foreground voxels in both, in the prediction alone and in the truth alone.
  package private(set) var foreground = ForegroundOverlap.zero
  /// The operations of AOGM on vertices.
  package private(set) var operations = GraphOperations.zero

  /// Sums over volumes.
  private var iou = 0.0
  private var seg = 0.0
  private var mucov = 0.0
  private var volumeRatio = 0.0
  private var volumesWithForeground = 0
  /// The sum over true nuclei of their Jaccard index.
  private var segmentationScores = 0.0
  /// Pairs, and the sum of their Jaccard indices, at each threshold.
  private var matched = [Int](repeating: 0, count: EvaluationMetric.tenths.count)
  private var matchedScores = [Double](repeating: 0, count: EvaluationMetric.tenths.count)
  /// Centroids matched within the radius.
  private var detected = 0
  /// Volumes whose voxel size is unknown, so that no radius in µm can be applied.
  private var volumesWithoutScale = 0

  /// No volumes.
  package static let zero = EvaluationSums()

  private init() {}

  /// One volume.
  ///
  /// - Parameters:
  ///   - overlap: the objects' overlap.
  ///   - detection: the matched centroids, nil where the voxel size is unknown.
  package init(_ overlap: LabelOverlap, detection: DetectionMatching?) {
    volumes = 1
    truthCount = overlap.truth.count
    predictionCount = overlap.prediction.count
    foreground = overlap.foreground
    operations = GraphOperations(overlap)
    iou = foreground.intersectionOverUnion
    seg = overlap.segmentation
    mucov = overlap.coverage
    segmentationScores = overlap.segmentationScores.reduce(0, +)
    let actual = foreground.truePositives + foreground.falseNegatives
    if actual > 0 {
      volumesWithForeground = 1
      volumeRatio =
        Double(foreground.truePositives + foreground.falsePositives) / Double(actual)
    }
    for (index, threshold) in InstanceMatching.thresholds.enumerated() {
      let matching = InstanceMatching(overlap, threshold: threshold)
      (matched[index], matchedScores[index]) = (matching.truePositives, matching.score)
    }
    detected = detection?.truePositives ?? 0
    volumesWithoutScale = detection == nil ? 1 : 0
  }

  /// A metric of these volumes; nil where it is not defined: without volumes, for detections
  /// without a voxel size, for the ratio of volumes without a true foreground.
  package subscript(metric: EvaluationMetric) -> Double? {
    if volumes == 0 { return nil }
    let objects = truthCount + predictionCount
    switch metric {
    case .iou: return iou / Double(volumes)
    case .seg: return seg / Double(volumes)
    case .mucov: return mucov / Double(volumes)
    case .ctcSEG: return ratio(segmentationScores, truthCount)
    case .ctcDET: return operations.detection
    case .averagePrecision(let tenths):
      let pairs = matched[tenths - 1]
      return ratio(Double(pairs), objects - pairs)
    case .f1(let tenths): return ratio(2 * Double(matched[tenths - 1]), objects)
    case .panopticQuality(let tenths): return ratio(2 * matchedScores[tenths - 1], objects)
    case .detectionPrecision: return detection(1, predictionCount)
    case .detectionRecall: return detection(1, truthCount)
    case .detectionF1: return detection(2, objects)
    case .volumeRatio:
      return volumesWithForeground > 0 ? volumeRatio / Double(volumesWithForeground) : nil
    }
  }

  private func ratio(_ part: Double, _ whole: Int) -> Double {
    LabelOverlap.ratio(part, whole, isEmpty: truthCount == 0 && predictionCount == 0)
  }

  private func detection(_ factor: Int, _ whole: Int) -> Double? {
    volumesWithoutScale == 0 ? ratio(Double(factor * detected), whole) : nil
  }
}

extension EvaluationSums {
  /// The volumes of both.
  package static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum += b
    return sum
  }

  /// Adds volumes.
  package static func += (a: inout Self, b: Self) { a.add(b, times: 1) }

  /// The volumes of the first without those of the second.
  package static func - (a: Self, b: Self) -> Self {
    var difference = a
    difference.add(b, times: -1)
    return difference
  }

  /// Adds `sign` times the sums of `other`, where `sign` is 1 or −1.
  private mutating func add(_ other: Self, times sign: Int) {
    volumes += sign * other.volumes
    truthCount += sign * other.truthCount
    predictionCount += sign * other.predictionCount
    foreground = sign > 0 ? foreground + other.foreground : foreground - other.foreground
    operations = sign > 0 ? operations + other.operations : operations - other.operations
    let real = Double(sign)
    iou += real * other.iou
    seg += real * other.seg
    mucov += real * other.mucov
    volumeRatio += real * other.volumeRatio
    volumesWithForeground += sign * other.volumesWithForeground
    segmentationScores += real * other.segmentationScores
    for index in matched.indices {
      matched[index] += sign * other.matched[index]
      matchedScores[index] += real * other.matchedScores[index]
    }
    detected += sign * other.detected
    volumesWithoutScale += sign * other.volumesWithoutScale
  }
}
