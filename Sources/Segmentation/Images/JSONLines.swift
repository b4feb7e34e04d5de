import Compute
import Foundation

/// A file of one JSON object a line, which only grows; what a killed process left of a line is cut
/// off.
struct JSONLines<Line: Codable> {
  private let file: AppendedFile

  /// Opens a file, or makes it; calls `read` with each line that it holds.
  init(_ path: String, read: (Line) -> Void) throws {
    file = try AppendedFile(path)
    let data = try FileSystem.contents(of: path)
    let decoder = JSONDecoder()
    var start = data.startIndex
    while let end = data[start...].firstIndex(of: 0x0A) {
      guard let line = try? decoder.decode(Line.self, from: data[start..<end]) else { break }
      read(line)
      start = end + 1
    }
    if start < data.endIndex { try file.cut(to: start - data.startIndex) }
  }

  /// Adds a line, which is on the disk when this returns.
  func append(_ line: Line) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try file.append(try encoder.encode(line) + Data("\n".utf8))
  }
}
