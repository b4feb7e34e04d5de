import Compute
import Foundation
import Microscopy

/// Label volumes of the ground truth, each with its prediction.
///
/// Volumes are paired by their names or numbers (`FrameMatching`): those of the Cell Tracking
/// Challenge (`man_seg007.tif`, `man_track007.tif`, `mask007.tif`, `t007.tif`) by their number,
/// frames of files frame by frame. Two single files are paired whatever their names.
public struct LabelPairs: Sendable {
  /// A volume in a file.
  public struct Location: Hashable, Sendable {
    /// The file.
    public let path: String
    /// The frame, counted from 0.
    public let frame: Int
  }

  /// A volume of the ground truth with its prediction.
  public struct Pair: Hashable, Sendable {
    /// The name of the volume's file without extension.
    public let name: String
    /// The frame in a file of several; nil for a file of one frame.
    public let frame: Int?
    /// The ground truth.
    public let truth: Location
    /// The prediction; nil if it is missing.
    public let prediction: Location?
  }

  /// The pairs, in natural order of the ground truth.
  public let pairs: [Pair]
  /// Predicted volumes without ground truth: their files, with the frame in files of several.
  public let unmatchedPredictions: [String]
  /// The names of volumes of the ground truth that were left out because they are not predicted.
  public let unpredictedTruths: [String]
  /// What the user should know about the pairs, one line each.
  public let notes: [String]
  /// All predicted volumes, in natural order.
  let predictedVolumes: [LabelVolumeFile]

  /// Pairs the files of both sides.
  ///
  /// - Parameter onlyPredicted: Whether volumes without a prediction are left out.
  /// - Throws: `InputError` if no files match, if two files of a side have the same name, or if the
  ///   numbers of frames differ; `TIFFError` or `InputError` if a file cannot be read.
  init(prediction: LabelFiles, truth: LabelFiles, onlyPredicted: Bool = false) throws {
    let (truths, predictions) = (try truth.volumes(), try prediction.volumes())
    let matching = try FrameMatching(
      truths.map(\.matched), with: predictions.map(\.matched),
      areNamed: !prediction.isFolder && !truth.isFolder)
    var check = PairCheck(
      prediction: prediction, truth: truth, predictions: predictions, truths: truths,
      matching: matching)
    check.allowsFewer = onlyPredicted
    try check.run()
    let used = Set(matching.partners.compactMap { $0 })
    let files = Set(truths.indices.filter { matching.partners[$0] != nil }.map { truths[$0].file })
    var pairs: [Pair] = []
    var unpredicted: [String] = []
    for (volume, partner) in zip(truths, matching.partners) {
      let other = partner.map { predictions[$0] }
      // A single prediction is compared with the file of its name.
      let isOther = predictions.count == 1 || matching.rule == .name && !files.contains(volume.file)
      if other == nil, !prediction.isFolder, truth.isFolder, isOther { continue }
      let named = volume.frames > 1 ? other.flatMap { $0.frames == 1 ? $0 : nil } : nil
      let pair = Pair(
        name: (named ?? volume).file.stem,
        frame: volume.frames > 1 && named == nil ? volume.frame : nil, truth: volume.location,
        prediction: other?.location)
      if other == nil, onlyPredicted {
        unpredicted.append(volume.label)
      } else {
        pairs.append(pair)
      }
    }
    self.pairs = pairs
    unpredictedTruths = unpredicted
    notes = matching.notes
    predictedVolumes = predictions
    unmatchedPredictions =
      truth.isFolder || truths.count > 1
      ? predictions.indices.filter { !used.contains($0) }.map { predictions[$0].path } : []
  }
}
