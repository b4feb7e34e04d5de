import Foundation

/// A folder for one test, removed with the object.
public final class TestFolder: Sendable {
  /// The folder's absolute path.
  public let path: String

  /// An empty folder under the system's temporary one.
  public init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "morula-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, with the folders it needs, and gives its path.
  @discardableResult
  public func write(_ text: String = "", to name: String) throws -> String {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    return file
  }
}

/// The package's folder, found from this file.
public let packageFolder = URL(filePath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
