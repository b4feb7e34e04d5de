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
  /// - Parameter onlyPredicted: Whether volumes without a prediction are left out instead of
  ///   counted as empty ones.
  /// - Throws: `InputError` or `TIFFError`: one line that names the file and the problem.
  public init(prediction: String, truth: String, onlyPredicted: Bool = false) throws {
    let (predicted, actual) = (try LabelFiles(prediction), try LabelFiles(truth))
    pairs = try LabelPairs(prediction: predicted, truth: actual, onlyPredicted: onlyPredicted)
    (predictedTracks, trueTracks) = (predicted.tracks, actual.tracks)
    files =
      (predicted.files + actual.files).map(\.path)
      + [predicted.tracks, actual.tracks].compactMap { $0 }
  }

  /// Reads and compares all volumes; `progress` is called after each.
  ///
  /// TRA is measured if both sides have a table of tracks, the prediction is valid by the rules of
  /// the Cell Tracking Challenge, and the frames of the ground truth follow each other.
  ///
  /// - Throws: `InputError` if extents differ or an image has several channels, `TIFFError` if a
  ///   file cannot be read, `TrackTableError` if a table of tracks cannot be read.
  public func evaluate(
    progress: (_ done: Int, _ name: String) -> Void = { _, _ in }
  ) throws -> Evaluation {
    var volumes: [VolumeEvaluation] = []
    var notices = LabelNotices()
    for pair in pairs.pairs {
      volumes.append(try evaluate(pair, &notices))
      progress(volumes.count, pair.name)
    }
    let tracks = try TrackComparison(
      volumes, of: pairs, predictedTracks: predictedTracks, trueTracks: trueTracks,
      reading: { Set(try labels($0).voxels).subtracting([0]) })
    return Evaluation(
      volumes, tracking: tracks?.operations, trackViolations: tracks?.violations,
      unmatchedPredictions: pairs.unmatchedPredictions,
      notes: pairs.notes + notices.lines + (tracks?.notes ?? []),
      parameters: parameters)
  }

  private func evaluate(
    _ pair: LabelPairs.Pair, _ notices: inout LabelNotices
  ) throws -> VolumeEvaluation {
    let truth = try labels(pair.truth)
    let prediction = try pair.prediction.map(labels)
    notices.add(truth, pair.truth.path)
    if let prediction, let path = pair.prediction?.path { notices.add(prediction, path) }
    if voxelSize == nil, truth.voxelSize == nil, prediction?.voxelSize == nil {
      try notices.addScale(of: [pair.truth, pair.prediction].compactMap { $0?.path })
    }
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
}
