#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the operating system answered about a file.
public struct FileError: AdvisedError, Hashable, Sendable {
  /// The file's path.
  public let file: String
  /// The reason in words, for example "there is no such file or folder".
  public let reason: String
  /// What to do about it; nil if the reason says it.
  public let advice: Advice?
  /// The system's number of the reason (`errno`); 0 where the reason is not the system's.
  package let code: Int32

  /// The system's answer about a file.
  package init(_ file: String, _ code: Int32) {
    self.file = file
    self.code = code
    (reason, advice) = Self.words(code)
  }

  /// A file that the system gives, but that does not hold what was expected.
  package init(_ file: String, reason: String) {
    self.file = file
    self.reason = reason
    advice = nil
    code = 0
  }

  /// The file and the reason in one line.
  public var statement: String { "\(file.onOneLine()): \(reason)" }

  /// The reason and the advice in one line.
  package var reasonWithAdvice: String { advice.map { "\(reason); \($0)" } ?? reason }

  /// The one place where numbers of the system become words.
  private static func words(_ code: Int32) -> (reason: String, advice: Advice?) {
    switch code {
    case ENOENT: ("there is no such file or folder", "check the path")
    case EACCES: ("permission denied", "check the permissions of the file and its folders")
    case EPERM: ("the system does not permit it", "check its owner and attributes")
    case EROFS: ("the file system is read-only", "choose a folder elsewhere")
    case EMFILE:
      ("this process has too many open files", "raise the limit of open files (`ulimit -n`)")
    case ENFILE: ("the machine has too many open files", "close some programs")
    case ENOSPC: ("the disk is full", "make room on it")
    case EDQUOT: ("the disk quota is used up", "make room, or choose a folder elsewhere")
    case EFBIG: ("the file would be larger than is allowed", "raise the limit (`ulimit -f`)")
    case EISDIR: ("it is a folder, not a file", "name a file")
    case ENOTDIR: ("a part of the path is a file, not a folder", "check the path")
    case ELOOP: ("symbolic links that lead in a circle", "name the file itself")
    case ENAMETOOLONG: ("the name is too long", "choose a shorter one")
    case EEXIST, ENOTEMPTY: ("something of that name exists already", "choose another name")
    case ESTALE:
      ("the file server no longer knows the file", "open the folder again, or mount it again")
    case EIO: ("the disk or device reports an error", "check it, and copy the file again")
    case ENXIO: ("a device or socket that is not connected", "name a file")
    case EPIPE: ("the reader has closed the pipe", nil)
    case EBADF: ("it is closed", nil)
    case ENOMEM: ("there is not enough memory", nil)
    case ETXTBSY: ("the file is a program that is running", nil)
    case EBUSY: ("the file is in use", nil)
    default: (unsafe String(cString: strerror(code)), nil)
    }
  }
}
