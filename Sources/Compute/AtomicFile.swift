import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files that appear whole or not at all.
public enum AtomicFile {
  /// Lets `body` write a temporary file beside `path`, forces it to disk and renames it to `path`.
  ///
  /// A reader sees the old file or the new one, never half of one; where `body` or the disk fails
  /// the old file stays and the temporary one (`.<name>.<UUID>.partial`) is removed.
  ///
  /// - Throws: ``FileError``, or what `body` throws.
  public static func write(to path: String, _ body: (FileHandle) throws -> Void) throws {
    let target = URL(fileURLWithPath: path)
    let temporary = target.deletingLastPathComponent()
      .appendingPathComponent(".\(target.lastPathComponent).\(UUID().uuidString).partial").path
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(path, errno) }
    do {
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
      do {
        try body(handle)
      } catch let error as CocoaError {
        // FileHandle wraps what the system said: a full disk, mostly.
        close(descriptor)
        let system = unsafe error.userInfo[NSUnderlyingErrorKey] as? NSError
        throw FileError(path, Int32(system?.code ?? Int(EIO)))
      } catch {
        close(descriptor)
        throw error
      }
      let synchronized = fsync(descriptor)
      let code = errno
      guard close(descriptor) == 0 else { throw FileError(path, errno) }
      guard synchronized == 0 else { throw FileError(path, code) }
      guard unsafe rename(temporary, path) == 0 else { throw FileError(path, errno) }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
  }
}

/// What the operating system answered about a file.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file's path.
  public let file: String
  /// The system's reason, "No such file or directory" say.
  public let reason: String

  init(_ file: String, _ code: Int32) {
    self.file = file
    reason = unsafe String(cString: strerror(code))
  }

  /// One line: the file and the reason.
  public var description: String { "\(file): \(reason)" }
}
