import Compute
import Foundation
import Microscopy

/// Label volumes of the ground truth, each with its prediction.
///
/// Files are paired by their names without extension, and those of the Cell Tracking Challenge
/// (`man_seg007.tif`, `man_track007.tif`, `mask007.tif`, `t007.tif`) by their number. Two single
/// files are paired whatever their names. Files of several frames are paired frame by frame; one
/// such file and a folder of as many single frames are paired in natural order.
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
  /// Predicted files without ground truth.
  public let unmatchedPredictions: [String]

  /// Pairs the files of both sides.
  ///
  /// - Throws: `InputError` if no files match, if two files of a side have the same name, or if the
  ///   numbers of frames differ; `TIFFError` or `InputError` if a file cannot be read.
  init(prediction: LabelFiles, truth: LabelFiles) throws {
    if let pairs = try Self.stackWithFrames(prediction, truth) {
      self.pairs = pairs
      unmatchedPredictions = []
      return
    }
    var predictions = try Self.byKey(prediction)
    let truths = try Self.byKey(truth)
    if !prediction.isFolder, !truth.isFolder, let file = prediction.files.first,
      let other = truth.files.first
    {
      predictions = [try Self.key(other): file]
    }
    var chosen = truth.files
    if !prediction.isFolder, truth.isFolder {
      // A single prediction is compared with the file of its name.
      let keys = Set(predictions.keys)
      chosen = try truth.files.filter { keys.contains(try Self.key($0)) }
    }
    let matched = try chosen.filter { predictions[try Self.key($0)] != nil }
    guard !matched.isEmpty else {
      throw InputError(
        prediction.argument,
        "has no file with the name of one in \(truth.argument) "
          + "(for example \(prediction.files[0].stem) and \(truth.files[0].stem)); give them equal "
          + "names")
    }
    pairs = try chosen.flatMap { file in
      try Self.frames(of: file, with: predictions[try Self.key(file)])
    }
    unmatchedPredictions =
      truth.isFolder && prediction.isFolder
      ? try prediction.files.filter { truths[try Self.key($0)] == nil }.map(\.path) : []
  }

  /// What files of a pair have in common: a number, or a name.
  private enum Key: Hashable {
    case number(Int)
    case name(String)
  }

  private static func key(_ file: VolumeFiles.File) throws(InputError) -> Key {
    for prefix in ["man_track", "man_seg", "mask", "t"] where file.stem.hasPrefix(prefix) {
      let rest = file.stem.dropFirst(prefix.count).drop { $0 == "_" }
      let parts = rest.split(separator: "_", omittingEmptySubsequences: false)
      guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { ("0"..."9").contains($0) } }) else {
        continue
      }
      if parts.count == 1, let number = Int(rest) { return .number(number) }
      if parts.count == 2, prefix == "man_seg" {
        throw InputError(
          file.path, "is the ground truth of a single plane; only whole volumes are compared")
      }
    }
    return .name(file.stem)
  }

  private static func byKey(_ files: LabelFiles) throws(InputError) -> [Key: VolumeFiles.File] {
    var result: [Key: VolumeFiles.File] = [:]
    for file in files.files {
      if let other = result.updateValue(file, forKey: try key(file)) {
        throw InputError(
          file.path, "is the same volume as \(other.path) by its name; keep one of them")
      }
    }
    return result
  }

  /// The frames of a file of the ground truth, each with that of its prediction.
  private static func frames(
    of truth: VolumeFiles.File, with prediction: VolumeFiles.File?
  ) throws -> [Pair] {
    let count = try ImageFile.open(truth.path).frames
    if let prediction {
      let predicted = try ImageFile.open(prediction.path).frames
      guard predicted == count else {
        throw InputError(
          prediction.path, "has \(predicted.counted("frame")), but \(truth.path) has \(count)")
      }
    }
    return (0..<count).map { frame in
      Pair(
        name: truth.stem, frame: count > 1 ? frame : nil,
        truth: Location(path: truth.path, frame: frame),
        prediction: prediction.map { Location(path: $0.path, frame: frame) })
    }
  }

  /// Pairs a stack of several frames on one side with the single frames of a folder on the other,
  /// in natural order; nil if the sides are not of these kinds.
  private static func stackWithFrames(
    _ prediction: LabelFiles, _ truth: LabelFiles
  ) throws -> [Pair]? {
    guard (prediction.files.count == 1) != (truth.files.count == 1) else { return nil }
    let (stack, single) =
      truth.files.count == 1 ? (truth.files[0], prediction) : (prediction.files[0], truth)
    let frames = try ImageFile.open(stack.path).frames
    if frames == 1 { return nil }
    guard frames == single.files.count else {
      throw InputError(
        stack.path,
        "has \(frames.counted("frame")), but \(single.argument) has \(single.files.count.counted("file"))"
      )
    }
    for file in single.files where try ImageFile.open(file.path).frames > 1 {
      throw InputError(file.path, "has several frames, as has \(stack.path); pair them by name")
    }
    return single.files.enumerated().map { index, file in
      let (own, other) = (
        Location(path: stack.path, frame: index), Location(path: file.path, frame: 0)
      )
      return truth.files.count == 1
        ? Pair(name: file.stem, frame: nil, truth: own, prediction: other)
        : Pair(name: file.stem, frame: nil, truth: other, prediction: own)
    }
  }
}
