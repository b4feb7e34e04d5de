#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that only grows, piece by piece; each piece is on the disk when `append` returns.
///
/// A process that is killed, or a disk that is full, can leave a part of the last piece behind. Who
/// reads the file must be able to tell, and `cut(to:)` removes it.
package final class AppendedFile {
  /// The file's path.
  package let path: String
  /// Its length in bytes.
  package private(set) var length: Int
  private let descriptor: Int32

  /// Opens a file for growing, and makes it if there is none.
  package init(_ path: String) throws(FileError) {
    self.path = path
    descriptor = unsafe path.withPathBytes {
      unsafe open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw FileError(path, errno) }
    guard let status = FileStatus(of: descriptor) else {
      let code = errno
      close(descriptor)
      throw FileError(path, code)
    }
    length = status.size
  }

  /// Adds bytes at the end and brings them to the disk; where that fails, nothing is added.
  ///
  /// - Returns: Where they begin.
  @discardableResult
  package func append(_ bytes: some Sequence<UInt8>) throws(FileError) -> Int {
    let start = length
    let code = Descriptor.write(bytes, to: descriptor)
    guard code == 0, fsync(descriptor) == 0 else {
      let reason = code == 0 ? errno : code
      try? cut(to: start)
      throw FileError(path, reason)
    }
    length = FileStatus(of: descriptor)?.size ?? start
    return start
  }

  /// Shortens the file.
  package func cut(to length: Int) throws(FileError) {
    guard ftruncate(descriptor, off_t(length)) == 0 else { throw FileError(path, errno) }
    self.length = length
  }

  deinit { close(descriptor) }
}
