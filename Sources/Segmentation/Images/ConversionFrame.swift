import Compute
import Foundation
import Microscopy

/// What is known of a frame that has been converted: a line of an unfinished output.
struct ConversionFrame: Codable, Sendable {
  /// A file that is read, as it was then.
  struct File: Codable, Sendable, Hashable {
    /// Its path from the root.
    let path: String
    /// Its size; nil for the folder of an OME-Zarr image.
    let bytes: Int?
    /// When it was changed last, in nanoseconds since 1970; nil for a folder.
    let modified: Int?

    /// The file at a path as it is now.
    init(_ path: String) {
      self.path = FileSystem.resolved(path)
      let status = try? FileStatus(of: path)
      let isFile = status?.kind == .file
      bytes = isFile ? status?.size : nil
      modified = isFile ? status?.modified : nil
    }

    /// Whether size and date tell that a file is the same; those of a folder do not.
    func isSurely(_ other: File) -> Bool { modified != nil && self == other }
  }

  /// Tells the frames of an output apart.
  struct Key: Hashable {
    let image: Int
    let frame: Int
  }

  /// 0 for the image, then its label images.
  var image: Int
  /// The frame, from 0.
  var frame: Int
  /// The file that it was read from.
  var input: File
  /// The SHA-256 of its samples in the type that is written.
  var samples = ""
  /// The SHA-256 of the files that were written.
  var files = ""
  /// The smallest and the largest value of each channel, if the output states them.
  var ranges: [[Double]] = []
  /// The labels in it, if the output needs to know them.
  var labels: [UInt32] = []

  var key: Key { Key(image: image, frame: frame) }
}

extension ImageConversion.Input {
  /// The file that a frame is read from.
  func file(_ frame: Int) -> String {
    let files = source.files
    return files.count == frames ? files[frame] : source.path
  }

  /// The time number of a frame.
  func time(_ frame: Int) -> Int { (source as? FrameFiles)?.times[frame] ?? frame + 1 }
}
