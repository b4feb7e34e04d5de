import Microscopy
import Morphometry

/// Compares label images with the ground truth, volume by volume.
///
/// One pair of volumes is in memory at a time.
public struct SegmentationComparison: Sendable {
  /// The volumes that are compared.
  public let pairs: LabelPairs
  /// The voxel size in µm that replaces those of the files; nil keeps them.
  public var voxelSize: VoxelSize?
  /// Thresholds and radii of the scores.
  public var parameters = Evaluation.Parameters()
  private let predictedTracks: String?
  private let trueTracks: String?
  /// All files that are read.
  package let files: [String]

  /// Finds and pairs the files of a prediction and of the ground truth, each a file or a folder.
  ///
  /// - Throws: `InputError` or `TIFFError`: one line that names the file and the problem.
  public init(prediction: String, truth: String) throws {
    let (predicted, actual) = (try LabelFiles(prediction), try LabelFiles(truth))
    pairs = try LabelPairs(prediction: predicted, truth: actual)
    (predictedTracks, trueTracks) = (predicted.tracks, actual.tracks)
    files =
      (predicted.files + actual.files).map(\.path)
      + [predicted.tracks, actual.tracks].compactMap { $0 }
  }

  /// Reads and compares all volumes; `progress` is called after each.
  ///
  /// TRA is measured if both sides have a table of tracks.
  ///
  /// - Throws: `InputError` if extents differ or an image has several channels, `TIFFError` if a
  ///   file cannot be read, `TrackTableError` if tracks and labels contradict each other.
  public func evaluate(
    progress: (_ done: Int, _ name: String) -> Void = { _, _ in }
  ) throws -> Evaluation {
    var volumes: [VolumeEvaluation] = []
    for pair in pairs.pairs {
      volumes.append(try evaluate(pair))
      progress(volumes.count, pair.name)
    }
    return Evaluation(
      volumes, tracking: try tracking(volumes),
      unmatchedPredictions: pairs.unmatchedPredictions, parameters: parameters)
  }

  private func evaluate(_ pair: LabelPairs.Pair) throws -> VolumeEvaluation {
    let truth = try labels(pair.truth)
    let prediction = try pair.prediction.map(labels)
    if let prediction, let location = pair.prediction, prediction.extent != truth.extent {
      throw InputError(
        location.path,
        "has \(prediction.extent) voxels (z, y, x), but \(pair.truth.path) has \(truth.extent); "
          + "compare on one grid")
    }
    return VolumeEvaluation(
      name: pair.name, frame: pair.frame, prediction: prediction, truth: truth,
      voxelSize: voxelSize ?? truth.voxelSize ?? prediction?.voxelSize,
      detectionRadius: parameters.detectionRadius)
  }

  private func labels(_ location: LabelPairs.Location) throws -> LabelVolume {
    let image = try ImageFile.open(location.path)
    guard image.channels == 1 else {
      throw InputError(location.path, "has \(image.channels) channels; label images have one")
    }
    return try image.labels(channel: 0, frame: location.frame)
  }

  private func tracking(_ volumes: [VolumeEvaluation]) throws -> GraphOperations? {
    guard let predictedTracks, let trueTracks else { return nil }
    let prediction = try TrackTable(contentsOf: predictedTracks)
    let truth = try TrackTable(contentsOf: trueTracks)
    try truth.check(labels: volumes.map { $0.overlap.truth.map(\.label) }, path: trueTracks)
    try prediction.check(
      labels: volumes.map { $0.isMissing ? nil : $0.overlap.prediction.map(\.label) },
      path: predictedTracks)
    return GraphOperations(
      frames: volumes.map(\.overlap), prediction: prediction, truth: truth)
  }
}
