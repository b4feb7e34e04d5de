import Compute
import Foundation
import Microscopy

/// True label volumes with the predictions of the same name.
///
/// Files are paired by their names without extension; those of the Cell Tracking Challenge
/// (`man_seg007.tif`, `man_track007.tif`, `mask007.tif`, `t007.tif`) by their number; two single files
/// whatever their names. Files of several frames are paired frame by frame, and one such file with a
/// folder of as many single frames in natural order.
public struct LabelPairs: Sendable {
  /// A volume in a file.
  public struct Place: Hashable, Sendable {
    /// The file.
    public let path: String
    /// The frame, counted from 0.
    public let frame: Int
  }

  /// A true volume with its prediction.
  public struct Pair: Hashable, Sendable {
    /// The name of the volume's file without extension.
    public let name: String
    /// The frame in a file of several, nil for a file of one.
    public let frame: Int?
    /// The truth.
    public let truth: Place
    /// The prediction, nil where there is none.
    public let prediction: Place?
  }

  /// The pairs, in natural order of the truth.
  public let pairs: [Pair]
  /// The files of predictions without truth.
  public let unmatchedPredictions: [String]

  /// Pairs what two options name.
  ///
  /// - Throws: `InputError` where nothing pairs, two files of a side have one name, or numbers of
  ///   frames differ; `TIFFError` or `InputError` where a file cannot be read.
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
      // One volume of many is to be compared.
      let keys = Set(predictions.keys)
      chosen = try truth.files.filter { keys.contains(try Self.key($0)) }
    }
    let matched = try chosen.filter { predictions[try Self.key($0)] != nil }
    guard !matched.isEmpty else {
      throw InputError(
        prediction.argument,
        "has no file with the name of one in \(truth.argument) "
          + "(\(prediction.files[0].stem) and \(truth.files[0].stem), say); give them equal names")
    }
    pairs = try chosen.flatMap { file in
      try Self.frames(of: file, with: predictions[try Self.key(file)])
    }
    unmatchedPredictions =
      truth.isFolder && prediction.isFolder
      ? try prediction.files.filter { truths[try Self.key($0)] == nil }.map(\.path) : []
  }

  /// What pairs a file with another: a number, or a name.
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
          file.path, "is the truth of a single plane; only whole volumes are compared")
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

  /// The frames of a true file, each with that of its prediction.
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
        truth: Place(path: truth.path, frame: frame),
        prediction: prediction.map { Place(path: $0.path, frame: frame) })
    }
  }

  /// Pairs a stack of several frames on one side with the single frames of a folder on the other, in
  /// natural order; nil where the sides are of another kind.
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
      let (own, other) = (Place(path: stack.path, frame: index), Place(path: file.path, frame: 0))
      return truth.files.count == 1
        ? Pair(name: file.stem, frame: nil, truth: own, prediction: other)
        : Pair(name: file.stem, frame: nil, truth: other, prediction: own)
    }
  }
}
