#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What stands at a path.
package struct FileStatus: Hashable, Sendable {
  /// The kinds of what a path can lead to.
  package enum Kind: Hashable, Sendable {
    /// An ordinary file.
    case file
    /// A folder.
    case folder
    /// A symbolic link.
    case link
    /// A named pipe, a socket or a device.
    case pipe, socket, device

    /// The kind with its article, for messages.
    package var words: String {
      switch self {
      case .file: "a regular file"
      case .folder: "a folder"
      case .link: "a symbolic link"
      case .pipe: "a pipe"
      case .socket: "a socket"
      case .device: "a device"
      }
    }
  }

  /// The kind.
  package let kind: Kind
  /// The size in bytes.
  package let size: Int
  /// When the content was changed last, in nanoseconds since 1970.
  package let modified: Int
  /// Two paths with the same device and number lead to the same file.
  package let device: UInt64
  package let number: UInt64

  /// What stands at a path; links are followed unless asked otherwise.
  ///
  /// - Throws: ``FileError`` where nothing does, or the system does not tell.
  package init(of path: String, followingLinks: Bool = true) throws(FileError) {
    var status = stat()
    let result = unsafe path.withPathBytes {
      followingLinks ? unsafe stat($0, &status) : unsafe lstat($0, &status)
    }
    guard result == 0 else { throw FileError(path, errno) }
    self.init(status)
  }

  /// What an open file is; nil if there is none.
  init?(of descriptor: Int32) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      default: .device
      }
    size = Int(status.st_size)
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    modified = Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec)
    device = UInt64(truncatingIfNeeded: status.st_dev)
    number = UInt64(status.st_ino)
  }

  /// Whether this is the same file, by another path or at another time.
  package func isSame(as other: FileStatus) -> Bool {
    device == other.device && number == other.number
  }
}
