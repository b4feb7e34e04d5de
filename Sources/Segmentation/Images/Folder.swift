import Compute
import Microscopy

/// Folders of inputs and outputs.
enum Folder {
  /// Whether this is the path of a folder, or of a link to one.
  static func exists(_ path: String) -> Bool { (try? VolumeFiles.isFolder(path)) ?? false }

  /// Makes a folder and the folders above it, unless they exist.
  static func make(_ path: String) throws(InputError) {
    do throws(FileError) { try FileSystem.makeFolder(path) } catch {
      throw InputError(path, "the folder cannot be made: \(error.reason)", advice: .chooseOutput)
    }
  }
}
