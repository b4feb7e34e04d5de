import Compute
import Microscopy

/// Checks of the files that a benchmark will write.
package enum BenchmarkFiles {
  /// Throws an `InputError` if a file could not be written at the end of the benchmark.
  package static func requireWritable(_ path: String) throws {
    if isFolder(path) { throw InputError(path, "is a folder; name a file to write") }
    let parent = FileSystem.parent(of: path)
    let folder = parent.isEmpty ? "." : parent
    guard isFolder(folder) else {
      throw InputError(path, "cannot be written, as its folder does not exist; make it first")
    }
    guard FileSystem.exists(path) || FileSystem.isWritable(folder) else {
      throw InputError(path, "cannot be written, as its folder is write-protected; name another")
    }
  }

  private static func isFolder(_ path: String) -> Bool { FileSystem.isFolder(path) }
}
