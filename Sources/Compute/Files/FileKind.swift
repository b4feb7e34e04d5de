#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a path leads to; links are followed.
package enum FileKind: Hashable, Sendable {
  /// A regular file of this size in bytes.
  case regular(size: Int)
  /// A folder.
  case folder
  /// A named pipe, or one of the shell.
  case pipe
  /// A socket.
  case socket
  /// A terminal, a disk or another device.
  case device

  /// - Throws: ``FileError`` if there is nothing, or nothing that may be seen.
  package init(ofPath path: String) throws(FileError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw FileError(path, errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .regular(size: Int(status.st_size))
    case S_IFDIR: self = .folder
    case S_IFIFO: self = .pipe
    case S_IFSOCK: self = .socket
    default: self = .device
    }
  }

  /// The kind with its article, for messages.
  package var words: String {
    switch self {
    case .regular: "a regular file"
    case .folder: "a folder"
    case .pipe: "a pipe"
    case .socket: "a socket"
    case .device: "a device"
    }
  }
}
