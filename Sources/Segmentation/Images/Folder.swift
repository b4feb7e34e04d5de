import Compute
import Microscopy

/// Folders of inputs and outputs.
enum Folder {
  /// Whether this is the path of a folder, or of a link to one.
  static func exists(_ path: String) -> Bool { (try? VolumeFiles.isFolder(path)) ?? false }

  /// The subfolder `labels` of a folder without TIFFs of its own, such as the results of a
  /// segmentation; else the path as it is.
  static func ofLabels(_ argument: String) -> String {
    let inner = argument + "/labels"
    guard !ZarrImage.isZarr(argument), exists(inner),
      let names = try? FileSystem.names(in: argument)
    else { return argument }
    let hasStacks = names.contains { name in
      [".tif", ".tiff"].contains { name.lowercased().hasSuffix($0) }
    }
    return hasStacks ? argument : inner
  }

  /// Whether a folder is the one of labels in the results of a segmentation: `labels` beside
  /// `run.json`.
  static func isOfLabels(_ folder: String) -> Bool {
    let real = FileSystem.resolved(folder)
    return FileSystem.lastComponent(of: real) == "labels"
      && FileSystem.exists(FileSystem.parent(of: real) + "/run.json")
  }

  /// Makes a folder and the folders above it, unless they exist.
  static func make(_ path: String) throws(InputError) {
    do throws(FileError) { try FileSystem.makeFolder(path) } catch {
      throw InputError(path, "the folder cannot be made: \(error.reason)", advice: .chooseOutput)
    }
  }
}
