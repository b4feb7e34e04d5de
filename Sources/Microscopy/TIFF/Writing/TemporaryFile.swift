import Foundation

/// A file written under another name in the folder of its own until it is complete.
struct TemporaryFile {
  /// The name that the complete file gets.
  let target: String
  /// The name until then.
  let path: String

  init(for target: String) {
    self.target = target
    let slash = target.lastIndex(of: "/")
    let name = slash.map { target[target.index(after: $0)...] } ?? target[...]
    let folder = slash.map { target[...$0] } ?? ""
    path = "\(folder).\(name).\(UUID().uuidString.prefix(8)).partial"
  }

  /// Removes the file where there is one.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// Gives the file its name, in place of an earlier one; removes it on failure.
  func rename() throws(TIFFError) {
    guard Foundation.rename(path, target) == 0 else {
      let reason = String(cString: strerror(errno))
      remove()
      throw TIFFError(
        .notWritten, target, expected: "a file name that is free or a file", found: reason,
        advice: "choose another name")
    }
  }

  /// The error as one about the file that the user named.
  func renamed(_ error: TIFFError) -> TIFFError {
    TIFFError(
      error.kind, target, expected: error.expected,
      found: error.found.replacingOccurrences(of: path, with: target), advice: error.advice)
  }
}
