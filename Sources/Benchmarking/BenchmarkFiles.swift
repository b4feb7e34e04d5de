import Foundation
import Microscopy

/// Checks of the files that a benchmark will write.
package enum BenchmarkFiles {
  /// Throws an `InputError` if a file could not be written at the end of the benchmark.
  package static func requireWritable(_ path: String) throws {
    let file = URL(filePath: path)
    if isFolder(path) { throw InputError(path, "is a folder; name a file to write") }
    let folder = file.deletingLastPathComponent()
    guard isFolder(folder.path) else {
      throw InputError(path, "cannot be written, as its folder does not exist; make it first")
    }
    guard FileManager.default.isWritableFile(atPath: folder.path) else {
      throw InputError(path, "cannot be written, as its folder is write-protected; name another")
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    (try? VolumeFiles.isFolder(path)) ?? false
  }
}
