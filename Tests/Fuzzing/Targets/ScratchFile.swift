import Foundation

/// A file for a parser that reads from paths alone, in memory where the system has a folder for
/// that; removed with the object.
final class ScratchFile {
  let path: String

  /// A folder that is kept in memory on Linux.
  static let folder =
    FileManager.default.isWritableFile(atPath: "/dev/shm")
    ? "/dev/shm" : FileManager.default.temporaryDirectory.path

  /// A file of these bytes. Its name has always the same length, so that messages have, too.
  init(_ bytes: some Sequence<UInt8>, suffix: String = "") {
    path = Self.folder + "/morula-fuzz-" + UUID().uuidString.lowercased() + suffix
    Self.write(Array(bytes), to: path)
  }

  deinit { unlink(path) }

  /// Writes a file without the renaming and syncing of Foundation, which take longer than a parser.
  static func write(_ bytes: [UInt8], to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(file >= 0, "cannot write \(path), which is needed for fuzzing")
    defer { close(file) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Foundation.write(file, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      precondition(count > 0, "cannot write \(path), which is needed for fuzzing")
      written += count
    }
  }
}

/// A folder for a parser of folders; removed with the object.
final class ScratchFolder {
  let path: String

  init() {
    path = ScratchFile.folder + "/morula-fuzz-" + UUID().uuidString.lowercased()
    mkdir(path, 0o700)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, with the folders that it needs.
  func write(_ bytes: some Sequence<UInt8>, to name: String) {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o700)
    }
    ScratchFile.write(Array(bytes), to: path + "/" + name)
  }
}
