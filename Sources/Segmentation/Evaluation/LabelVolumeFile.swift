import Microscopy

/// A label volume that may be compared: a frame of a file.
struct LabelVolumeFile {
  /// The file.
  let file: VolumeFiles.File
  /// The frame in the file, counted from 0.
  let frame: Int
  /// The number of frames in the file.
  let frames: Int

  /// Where it is read.
  var location: LabelPairs.Location { LabelPairs.Location(path: file.path, frame: frame) }

  /// The name of the frame: that of the file, or `<file>_t001`.
  var stem: String {
    frames > 1 ? file.frameStems(frames)[frame] : file.stem
  }

  /// The file's name for messages, with the frame, counted from 1, in a file of several.
  var label: String { frames > 1 ? "\(file.stem), frame \(frame + 1)" : file.stem }

  /// The file for messages, with the frame, counted from 1, in a file of several.
  var path: String { frames > 1 ? "\(file.path), frame \(frame + 1)" : file.path }
}

extension LabelFiles {
  /// The volumes of all files, whose headers are read.
  ///
  /// - Throws: `InputError` for the ground truth of a single plane, and any error of opening a
  ///   file.
  func volumes() throws -> [LabelVolumeFile] {
    try files.flatMap { file in
      if file.name.hasPrefix("man_seg") {
        let numbers = file.name.dropFirst("man_seg".count).split(separator: "_")
        if numbers.count == 2, numbers.allSatisfy({ Int($0) != nil }) {
          throw InputError(
            file.path, "is the ground truth of a single plane; only whole volumes are compared")
        }
      }
      let frames = try ImageFile.open(file.path).frames
      return (0..<frames).map { LabelVolumeFile(file: file, frame: $0, frames: frames) }
    }
  }
}
