/// The tracks of a series and their divisions, checked to be possible.
///
/// The form is that of the Cell Tracking Challenge (`res_track.txt`, `man_track.txt`; "Cell
/// Tracking Challenge: Naming and file content conventions"): a line `L B E P` for each track, with
/// frames counted from 0, both ends inclusive, and P = 0 for a track without a parent.
public struct TrackTable: Hashable, Sendable {
  /// The tracks, ordered by label.
  public let tracks: [Track]

  /// The tracks in any order.
  ///
  /// - Throws: ``TrackTableError`` where a label is 0 or occurs twice, a track ends before it
  ///   begins or begins before frame 0, a parent is not there, or a parent does not end before its
  ///   child begins.
  public init(_ tracks: [Track]) throws(TrackTableError) {
    try self.init(tracks, lines: nil, path: nil)
  }

  /// Tracks that stand on these lines of a file.
  init(_ tracks: [Track], lines: [Int]?, path: String?) throws(TrackTableError) {
    var indices: [UInt32: Int] = [:]
    for (index, track) in tracks.enumerated() {
      func error(_ problem: String) -> TrackTableError {
        TrackTableError(path, line: lines?[index], "track \(track.label) \(problem)")
      }
      if track.label == 0 { throw error("is the background; labels count from 1") }
      if track.firstFrame < 0 {
        throw error("begins in frame \(track.firstFrame); frames count from 0")
      }
      if track.lastFrame < track.firstFrame {
        throw error(
          "ends in frame \(track.lastFrame), before it begins in frame \(track.firstFrame)")
      }
      if indices.updateValue(index, forKey: track.label) != nil {
        throw error("is there twice; each label has one line")
      }
    }
    for (index, track) in tracks.enumerated() {
      guard let parent = track.parent else { continue }
      func error(_ problem: String) -> TrackTableError {
        TrackTableError(path, line: lines?[index], "track \(track.label) \(problem)")
      }
      guard let known = indices[parent] else {
        throw error("has the parent \(parent), which is not a track; write 0 for no parent")
      }
      let end = tracks[known].lastFrame
      if end >= track.firstFrame {
        throw error(
          "begins in frame \(track.firstFrame), but its parent \(parent) ends in frame \(end); "
            + "a parent ends before its child begins")
      }
    }
    self.tracks = tracks.sorted { $0.label < $1.label }
  }

  /// The track of a label, nil where there is none.
  ///
  /// - Complexity: O(log tracks).
  public subscript(label: UInt32) -> Track? {
    var range = tracks.indices
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if tracks[middle].label == label { return tracks[middle] }
      range =
        tracks[middle].label < label
        ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }

  /// The tracks that `label` divided into, ordered by label.
  public func children(of label: UInt32) -> [Track] { tracks.filter { $0.parent == label } }

  /// The number of frames up to the end of the last track.
  public var frameCount: Int { tracks.reduce(0) { max($0, $1.lastFrame + 1) } }
}
