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
  /// - Parameters:
  ///   - path: The folder.
  ///   - isPatient: Whether to wait until it is free.
  /// - Returns: nil where another lock holds the folder. On file systems without locks no process
  ///   is kept out.
  package init?(_ path: String, isPatient: Bool = false) throws(FileError) {
    descriptor = unsafe path.withPathBytes { unsafe open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw FileError(path, errno) }
    while flock(descriptor, LOCK_EX | (isPatient ? 0 : LOCK_NB)) != 0 {
      if errno == EINTR { continue }
      if errno == EWOULDBLOCK {
        close(descriptor)
        return nil
      }
      break
    }
  }

  deinit { close(descriptor) }
}
