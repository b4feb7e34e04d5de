import Compute
import Foundation

/// Regular files, the only ones that weights are read from.
package enum RegularFile {
  /// The size in bytes of a regular file; links are followed.
  package static func size(_ path: String) throws(WeightsError) -> Int {
    let kind: FileKind
    do {
      kind = try FileKind(ofPath: path)
    } catch {
      throw WeightsError(.unreadable, file: path, error.reason)
    }
    guard case .regular(let size) = kind else {
      throw WeightsError(
        .unreadable, file: path, "is \(kind.words), not a regular file")
    }
    return size
  }

  /// The first bytes of a file, at most `count`.
  package static func start(_ path: String, count: Int) throws(WeightsError) -> Data {
    let handle = try open(path)
    defer { try? handle.close() }
    do {
      return try handle.read(upToCount: count) ?? Data()
    } catch {
      throw WeightsError(.unreadable, file: path, error.localizedDescription)
    }
  }

  /// A regular file to read from.
  static func open(_ path: String) throws(WeightsError) -> FileHandle {
    _ = try size(path)
    do {
      return try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    } catch let error as CocoaError {
      // Foundation's words do not tell "Permission denied" from "Too many open files".
      let system = unsafe error.userInfo[NSUnderlyingErrorKey] as? NSError
      let reason = system.map { unsafe String(cString: strerror(Int32($0.code))) }
      throw WeightsError(.unreadable, file: path, reason ?? error.localizedDescription)
    } catch {
      throw WeightsError(.unreadable, file: path, error.localizedDescription)
    }
  }
}
