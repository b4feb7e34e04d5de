import Compute
import Foundation
import Microscopy

/// The pairs of image and target in two folders, in natural order of their names.
///
/// Files are TIFF or OME-Zarr. Those of several frames give a pair for each frame, in order of
/// time.
package struct DataSet: Sendable {
  /// Pairs that stay together in cross-validation.
  package struct Fold: Sendable, Hashable {
    /// What the pattern captured, for example `11`.
    package let name: String
    /// The pairs, in the data set's order.
    package let pairs: [VolumePair]
  }

  /// The pairs that train and the pairs that validate.
  package struct Split: Sendable, Hashable {
    /// The pairs to train on; never empty.
    package let training: [VolumePair]
    /// The pairs to validate on; empty only if the configuration names none.
    package let validation: [VolumePair]
  }

  /// The pairs, in natural order of their names.
  package let pairs: [VolumePair]
  /// The folder of images.
  package let images: String

  /// Finds the pairs of two folders.
  ///
  /// - Parameters:
  ///   - images: The folder of images.
  ///   - targets: The folder of targets.
  ///   - pattern: The names that belong to the data set; others in either folder are left alone.
  ///   - voxelSize: The voxel size in µm that overrides the files'.
  ///   - section: The section of the configuration, for messages.
  ///   - open: Reads the headers of an image; called once for each file.
  /// - Throws: `InputError` if a folder is missing, nothing matches, or a file has no partner or
  ///   one with another number of frames.
  package init(
    images: String, targets: String, pattern: String = "*.tif", voxelSize: VoxelSize? = nil,
    section: String = "data",
    opening open: (String) throws -> any ImageSource = { try ImageFile.open($0) }
  ) throws(InputError) {
    let imageNames = try Self.names(in: images, pattern: pattern, section, "images")
    let targetNames = try Self.names(in: targets, pattern: pattern, section, "targets")
    for (names, folder, others, kind) in [
      (imageNames, targets, targetNames, "target"), (targetNames, images, imageNames, "image"),
    ] {
      let missing = NaturalOrder.sorted(Set(names).subtracting(others))
      guard missing.isEmpty else {
        throw InputError(
          folder,
          "no \(kind) for \(InputError.list(missing)); image and target must have the same name")
      }
    }
    self.images = images
    var pairs: [VolumePair] = []
    for name in imageNames {
      pairs += try VolumePair.pairs(
        named: name, images: images, targets: targets, voxelSize: voxelSize, open: open)
    }
    self.pairs = pairs
    try checkNames()
  }

  /// Throws if a frame of a file has the name of another file or frame.
  private func checkNames() throws(InputError) {
    var stems: [String: String] = [:]
    for pair in pairs {
      let other = stems.updateValue(pair.name, forKey: pair.stem)
      if let other, pair.name == pair.stem || other == pair.stem {
        throw InputError(
          images, "'\(pair.stem)' is a frame of a file and a file of its own; rename one of them")
      }
    }
  }

  /// The data set of a configuration, without its supplement.
  package init(_ configuration: DataConfiguration) throws(InputError) {
    try self.init(
      images: configuration.images, targets: configuration.targets,
      pattern: configuration.pattern, voxelSize: configuration.voxelSize)
  }

  /// The supplement of a configuration.
  package init(_ supplement: DataConfiguration.Supplement) throws(InputError) {
    try self.init(
      images: supplement.images, targets: supplement.targets, pattern: supplement.pattern,
      voxelSize: supplement.voxelSize, section: "data.supplement")
  }

  private static func names(
    in folder: String, pattern: String, _ section: String, _ kind: String
  ) throws(InputError) -> [String] {
    let found: [String]
    do throws(FileError) { found = try FileSystem.names(in: folder) } catch {
      let problem =
        FileSystem.exists(folder)
        ? "is not a folder that can be read: \(error.reason)" : "there is no such folder"
      throw InputError(folder, "\(problem); set \(section).\(kind)")
    }
    let visible = found.filter { !$0.hasPrefix(".") }
    let wanted = NamePattern(pattern)
    let names = NaturalOrder.sorted(visible.filter(wanted.matches))
    guard !names.isEmpty else {
      let others =
        visible.isEmpty
        ? "the folder is empty" : "it holds \(InputError.list(NaturalOrder.sorted(visible)))"
      throw InputError(folder, "no file matches \(section).pattern '\(pattern)'; \(others)")
    }
    return names
  }
}
