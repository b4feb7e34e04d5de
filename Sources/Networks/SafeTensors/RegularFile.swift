import Compute
import Foundation

/// Regular files, the only ones that weights are read from.
package enum RegularFile {
  /// The size in bytes of a regular file; links are followed.
  package static func size(_ path: String) throws(WeightsError) -> Int {
    let status: FileStatus
    do throws(FileError) { status = try FileStatus(of: path) } catch {
      throw WeightsError(.unreadable, error)
    }
    guard status.kind == .file else {
      throw WeightsError(
        .unreadable, file: path, "is \(status.kind.words), not a regular file")
    }
    return status.size
  }

  /// Opens a regular file for reading.
  package static func open(_ path: String) throws(WeightsError) -> FileHandle {
    _ = try size(path)
    do throws(FileError) { return try FileSystem.open(reading: path) } catch {
      throw WeightsError(.unreadable, error)
    }
  }

  /// The first bytes of a file, at most `count`.
  package static func start(_ path: String, count: Int) throws(WeightsError) -> Data {
    let handle = try open(path)
    defer { try? handle.close() }
    do { return try handle.read(upToCount: count) ?? Data() } catch {
      throw WeightsError(.unreadable, FileError(path, wrapping: error))
    }
  }
}
