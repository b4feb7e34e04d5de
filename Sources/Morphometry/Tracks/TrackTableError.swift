import Compute

/// Why tracks contradict each other or a file of them cannot be read, in one line.
public struct TrackTableError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file, nil for tracks that no file gave.
  public let path: String?
  /// The line in the file, counted from 1; nil where the whole file is meant.
  public let line: Int?
  /// What is wrong, and what is right.
  public let problem: String

  init(_ path: String?, line: Int? = nil, _ problem: String) {
    self.path = path
    self.line = line
    self.problem = problem.onOneLine()
  }

  /// As `01_RES/res_track.txt, line 3: track 4 …`.
  public var description: String {
    let location = [path, line.map { "line \($0)" }].compactMap { $0 }.joined(separator: ", ")
    return location.isEmpty ? problem : "\(location): \(problem)"
  }
}
