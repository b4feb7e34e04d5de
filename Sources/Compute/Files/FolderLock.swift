#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Holds a folder for one process, by `flock`; given back when the lock goes away or the process
/// ends.
package struct FolderLock: ~Copyable {
  private let descriptor: Int32

  /// Locks a folder that exists.
  ///
  /// - Returns: nil where another lock holds the folder. On file systems without locks no process
  ///   is kept out.
  package init?(_ path: String) throws {
    descriptor = unsafe path.withPathBytes { unsafe open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw FileError(path, errno) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }
}
