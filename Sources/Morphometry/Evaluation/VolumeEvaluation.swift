import Microscopy

/// How well one volume was segmented.
public struct VolumeEvaluation: Hashable, Sendable {
  /// The volume's name, that of its files.
  public let name: String
  /// The frame in a file of several, counted from 0; nil for a file of one volume.
  public let frame: Int?
  /// Whether there was no prediction, so that an empty one was assumed.
  public let isMissing: Bool
  /// How the objects overlap.
  public let overlap: LabelOverlap
  /// The matched centroids; nil where the voxel size is unknown and needed.
  public let detection: DetectionMatching?
  /// What the volume contributes to the metrics.
  package let sums: EvaluationSums

  /// Compares two segmentations of one extent.
  ///
  /// - Parameters:
  ///   - name: the volume's name.
  ///   - frame: the frame in a file of several.
  ///   - prediction: the predicted labels; nil where there are none, which counts as empty.
  ///   - truth: the true labels.
  ///   - voxelSize: the edges of a voxel in µm; nil where unknown.
  ///   - detectionRadius: how far matched centroids may lie apart, in µm.
  /// - Complexity: O(voxels), and that of the matchings.
  public init(
    name: String, frame: Int? = nil, prediction: LabelVolume?, truth: LabelVolume,
    voxelSize: VoxelSize?, detectionRadius: Double = 5
  ) {
    self.name = name
    self.frame = frame
    isMissing = prediction == nil
    let prediction = prediction ?? LabelVolume(repeating: 0, extent: truth.extent)
    overlap = LabelOverlap(prediction: prediction, truth: truth)
    if overlap.truth.isEmpty || overlap.prediction.isEmpty {
      // Nothing can be matched, at any scale.
      let origin = PhysicalPoint(z: 0, y: 0, x: 0)
      detection = DetectionMatching(
        predictions: overlap.prediction.map { _ in origin },
        truth: overlap.truth.map { _ in origin },
        radius: detectionRadius)
    } else {
      detection = voxelSize.map { size in
        DetectionMatching(
          predictions: prediction.objects().map { PhysicalPoint($0.centroid, size) },
          truth: truth.objects().map { PhysicalPoint($0.centroid, size) }, radius: detectionRadius)
      }
    }
    sums = EvaluationSums(overlap, detection: detection)
  }

  /// A metric of this volume alone, nil where it is not defined.
  public subscript(metric: EvaluationMetric) -> Double? { sums[metric] }
}

extension PhysicalPoint {
  fileprivate init(_ point: VoxelPoint, _ size: VoxelSize) {
    self.init(z: point.z * size.z, y: point.y * size.y, x: point.x * size.x)
  }
}
