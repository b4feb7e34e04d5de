import Compute
import Foundation

extension TrackTable {
  /// Reads a `res_track.txt` or `man_track.txt`; an empty file holds no tracks.
  ///
  /// - Throws: ``TrackTableError`` with the file, the line and what is wrong there.
  public init(contentsOf path: String) throws(TrackTableError) {
    let text: String
    do throws(FileError) { text = try FileSystem.text(of: path) } catch {
      throw TrackTableError(
        path,
        error.code == 0 ? "is not a text file of lines 'L B E P'" : error.reasonWithAdvice)
    }
    try self.init(text: text, path: path)
  }

  /// Parses lines `L B E P`; `path` is named in errors.
  ///
  /// Numbers are separated by spaces or tabs, empty lines are skipped.
  public init(text: String, path: String? = nil) throws(TrackTableError) {
    var tracks: [Track] = []
    var lines: [Int] = []
    for (index, line) in text.split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline
    ).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.isEmpty { continue }
      guard words.count == 4, let label = UInt32(words[0]), let first = Int(words[1]),
        let last = Int(words[2]), let parent = UInt32(words[3])
      else {
        throw TrackTableError(
          path, line: index + 1,
          "expected four whole numbers 'L B E P' (label, first frame, last frame, parent or 0), "
            + "found '\(line.prefix(60))'")
      }
      tracks.append(
        Track(
          label: label, firstFrame: first, lastFrame: last, parent: parent == 0 ? nil : parent))
      lines.append(index + 1)
    }
    try self.init(tracks, lines: lines, path: path)
  }

  /// The lines `L B E P`, ordered by label, each ended by `\n`.
  public var text: String {
    tracks.map { "\($0.label) \($0.firstFrame) \($0.lastFrame) \($0.parent ?? 0)\n" }.joined()
  }

  /// Writes ``text`` to a file, which appears whole or not at all.
  public func write(to path: String) throws {
    try AtomicFile.write(to: path) { try $0.write(contentsOf: Data(text.utf8)) }
  }
}
