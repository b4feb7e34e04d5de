import Compute
import Foundation

/// SHA-256 digests of files and of folders with all that is in them.
enum TreeDigest {
  /// The digest of a file, or of the names and contents of all files in a folder.
  static func digest(of path: String) throws -> String {
    guard FileSystem.isFolder(path) else { return try SHA256.digest(ofFile: path) }
    return try digest(of: files(in: path), in: path)
  }

  /// The digest of the names and contents of some files in a folder.
  static func digest(of files: [String], in folder: String) throws -> String {
    let lines = try files.map { try "\(SHA256.digest(ofFile: "\(folder)/\($0)"))  \($0)\n" }
    return try SHA256.digest(of: Data(lines.joined().utf8), name: folder)
  }

  /// The files in a folder and the folders in it, in order.
  private static func files(in folder: String, under start: String = "") throws -> [String] {
    try FileSystem.names(in: folder).sorted().flatMap { name in
      let path = folder + "/" + name
      return FileSystem.isFolder(path)
        ? try files(in: path, under: start + name + "/") : [start + name]
    }
  }
}
