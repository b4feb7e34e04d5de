import Microscopy
import Morphometry

/// Label images compared with the truth, volume by volume: the work of `morula evaluate`.
///
/// One pair of volumes is in memory at a time.
public struct SegmentationComparison: Sendable {
  /// What is compared with what.
  public let pairs: LabelPairs
  /// The voxel size to use instead of the files', nil for the files' own.
  public var voxelSize: VoxelSize?
  /// What may be chosen.
  public var parameters = Evaluation.Parameters()
  private let predictedTracks: String?
  private let trueTracks: String?

  /// Finds and pairs the files of a prediction and a truth, each a file or a folder.
  ///
  /// - Throws: `InputError` or `TIFFError`, one line that says which file and what is wrong.
  public init(prediction: String, truth: String) throws {
    let (predicted, actual) = (try LabelFiles(prediction), try LabelFiles(truth))
    pairs = try LabelPairs(prediction: predicted, truth: actual)
    (predictedTracks, trueTracks) = (predicted.tracks, actual.tracks)
  }

  /// Reads and compares all volumes; `progress` is told each volume that is done.
  ///
  /// TRA is measured where both sides have a table of tracks.
  ///
  /// - Throws: `InputError` where extents differ or an image has several channels, `TIFFError` where
  ///   a file cannot be read, `TrackTableError` where tracks and labels contradict each other.
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
    if let prediction, let place = pair.prediction, prediction.extent != truth.extent {
      throw InputError(
        place.path,
        "has \(prediction.extent) voxels (z, y, x), but \(pair.truth.path) has \(truth.extent); "
          + "compare on one grid")
    }
    return VolumeEvaluation(
      name: pair.name, frame: pair.frame, prediction: prediction, truth: truth,
      voxelSize: voxelSize ?? truth.voxelSize ?? prediction?.voxelSize,
      detectionRadius: parameters.detectionRadius)
  }

  private func labels(_ place: LabelPairs.Place) throws -> LabelVolume {
    let image = try ImageFile.open(place.path)
    guard image.channels == 1 else {
      throw InputError(place.path, "has \(image.channels) channels; label images have one")
    }
    return try image.labels(channel: 0, frame: place.frame)
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
