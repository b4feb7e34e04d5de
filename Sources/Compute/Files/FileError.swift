import Foundation

/// What the operating system answered about a file.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file's path.
  public let file: String
  /// The system's reason, for example "No such file or directory".
  public let reason: String
  /// The system's number of the reason, for example `ENOENT`.
  package let code: Int32

  init(_ file: String, _ code: Int32) {
    self.file = file
    self.code = code
    reason = unsafe String(cString: strerror(code))
  }

  /// One line: the file and the reason.
  public var description: String { "\(file): \(reason)" }
}
