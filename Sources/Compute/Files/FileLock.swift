#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A lock on a file that says who holds it, by `flock`; given back when the lock goes away or the
/// process ends, however it ends.
package struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// Locks a file, which is made if there is none. On file systems without locks no process is kept
  /// out.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - isShared: Whether others may hold it at the same time, if they share it too.
  ///   - isPatient: Whether to wait until it is free.
  /// - Returns: nil where another lock holds the file.
  package init?(_ path: String, isShared: Bool = false, isPatient: Bool = false) throws(FileError) {
    descriptor = unsafe path.withPathBytes {
      unsafe open($0, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw FileError(path, errno) }
    let operation = (isShared ? LOCK_SH : LOCK_EX) | (isPatient ? 0 : LOCK_NB)
    while flock(descriptor, operation) != 0 {
      if errno == EINTR { continue }
      if errno == EWOULDBLOCK {
        close(descriptor)
        return nil
      }
      break
    }
    // What an earlier holder has left is no longer true.
    ftruncate(descriptor, 0)
    if !isShared {
      _ = Descriptor.write("process \(getpid()) on \(Self.host)\n".utf8, to: descriptor)
    }
  }

  /// Who holds the file, as far as it tells: `process 4711 on server`.
  package static func holder(of path: String) -> String? {
    let text = try? FileSystem.text(of: path)
    return text?.split(separator: "\n").first.map { String($0).onOneLine(limit: 100) }
  }

  /// The name of this machine.
  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&name, 255) == 0 else { return "an unknown machine" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { close(descriptor) }
}
