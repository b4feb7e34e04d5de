import Compute
import Microscopy

/// Whether pairs of predictions and ground truth are unambiguous and complete.
struct PairCheck {
  let prediction: LabelFiles
  let truth: LabelFiles
  let predictions: [LabelVolumeFile]
  let truths: [LabelVolumeFile]
  let matching: FrameMatching
  /// Whether a prediction may have fewer frames than its ground truth.
  var allowsFewer = false

  /// Throws an `InputError` that names the files.
  func run() throws(InputError) {
    let partners = matching.partners
    try requireDifferentNames(truths, but: Set(partners.indices.filter { partners[$0] != nil }))
    try requireDifferentNames(predictions, but: Set(partners.compactMap { $0 }))
    try requireFrames()
    let areNamed = !prediction.isFolder && !truth.isFolder
    guard partners.contains(where: { $0 != nil }), matching.rule != .single || areNamed else {
      throw InputError(
        prediction.argument,
        "has no file with the name or the time number of one in \(truth.argument) "
          + "(for example \(prediction.files[0].stem) and \(truth.files[0].stem)); give them equal "
          + "names")
    }
    try requireOnePartner()
  }

  /// Throws if names of volumes without a partner cannot be told apart.
  private func requireDifferentNames(
    _ volumes: [LabelVolumeFile], but matched: Set<Int>
  ) throws(InputError) {
    var names: [ImageName: LabelVolumeFile] = [:]
    for (index, volume) in volumes.enumerated() where !matched.contains(index) {
      let name = ImageName(volume.stem)
      if name.isEmpty { continue }
      if let other = names.updateValue(volume, forKey: name) {
        throw InputError(
          volume.path, "is the same volume as \(other.path) by its name; keep one of them")
      }
    }
  }

  /// Throws if two volumes of the ground truth have the same prediction.
  private func requireOnePartner() throws(InputError) {
    var owners: [Int: LabelVolumeFile] = [:]
    for (volume, partner) in zip(truths, matching.partners) {
      guard let partner else { continue }
      if let other = owners.updateValue(volume, forKey: partner) {
        throw InputError(
          volume.path, "is the same volume as \(other.path) by its name; keep one of them")
      }
    }
  }

  /// Throws if a file of several frames and its partner have different numbers of them.
  private func requireFrames() throws(InputError) {
    let (own, other) = (Self.stack(truths), Self.stack(predictions))
    // A file and a folder of single frames.
    if (own == nil) != (other == nil), matching.rule != .name, matching.rule != .order {
      let (stack, count, side) =
        own.map { ($0, predictions.count, prediction) } ?? (other ?? "", truths.count, truth)
      let frames = own == nil ? predictions.count : truths.count
      let isFewer = own != nil && count < frames
      if isFewer, allowsFewer { return }
      if side.isFolder {
        throw InputError(
          stack,
          "has \(frames.counted("frame")), but \(side.argument) has \(count.counted("file"))",
          advice: isFewer ? .compareOnlyPredicted : nil)
      }
      throw InputError(
        side.argument, "has \(count.counted("frame")), but \(stack) has \(frames)")
    }
    for (volume, partner) in zip(truths, matching.partners) {
      guard let partner, volume.frames != predictions[partner].frames, volume.frames > 1,
        predictions[partner].frames > 1
      else { continue }
      let isFewer = predictions[partner].frames < volume.frames
      if isFewer, allowsFewer { continue }
      throw InputError(
        predictions[partner].file.path,
        "has \(predictions[partner].frames.counted("frame")), but \(volume.file.path) has "
          + "\(volume.frames)", advice: isFewer ? .compareOnlyPredicted : nil)
    }
  }

  /// The file of several frames that all these volumes are in.
  private static func stack(_ volumes: [LabelVolumeFile]) -> String? {
    guard let first = volumes.first, first.frames > 1,
      volumes.allSatisfy({ $0.file.path == first.file.path })
    else { return nil }
    return first.file.path
  }
}

extension LabelVolumeFile {
  /// The volume as names are compared.
  var matched: FrameMatching.Frame {
    FrameMatching.Frame(path: file.path, stem: stem, frames: frames)
  }
}
