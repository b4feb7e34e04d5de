import Compute
import Foundation

extension TrackTable {
  /// Reads a `res_track.txt` or `man_track.txt`; an empty file holds no tracks.
  ///
  /// - Throws: ``TrackTableError`` with the file, the line and what is wrong there.
  public init(contentsOf path: String) throws(TrackTableError) {
    try self.init(text: try Self.text(of: path), path: path)
  }

  /// Parses lines `L B E P`; `path` is named in errors.
  ///
  /// Numbers are separated by spaces or tabs, empty lines are skipped.
  public init(text: String, path: String? = nil) throws(TrackTableError) {
    var tracks: [Track] = []
    var lines: [Int] = []
    for line in Self.lines(of: text) {
      let words = line.words
      guard words.count == 4, let label = UInt32(words[0]), let first = Int(words[1]),
        let last = Int(words[2]), let parent = UInt32(words[3])
      else { throw Self.lineError(line, path: path) }
      tracks.append(
        Track(
          label: label, firstFrame: first, lastFrame: last, parent: parent == 0 ? nil : parent))
      lines.append(line.number)
    }
    try self.init(tracks, lines: lines, path: path)
  }

  /// A line that is not empty.
  struct Line {
    /// Its number, counted from 1.
    let number: Int
    let text: Substring
    let words: [Substring]
  }

  /// The lines of a text that are not empty.
  static func lines(of text: String) -> [Line] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
      .map { Line(number: $0 + 1, text: $1, words: $1.split(whereSeparator: \.isWhitespace)) }
      .filter { !$0.words.isEmpty }
  }

  /// The text of a file.
  static func text(of path: String) throws(TrackTableError) -> String {
    do throws(FileError) { return try FileSystem.text(of: path) } catch {
      throw TrackTableError(
        path,
        error.code == 0 ? "is not a text file of lines 'L B E P'" : error.reasonWithAdvice)
    }
  }

  /// The error for a line that is not four numbers.
  static func lineError(_ line: Line, path: String?) -> TrackTableError {
    TrackTableError(
      path, line: line.number,
      "expected four whole numbers 'L B E P' (label, first frame, last frame, parent or 0), "
        + "found '\(line.text.prefix(60))'")
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
