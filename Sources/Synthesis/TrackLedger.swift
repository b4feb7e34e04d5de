import Microscopy
import Morphometry

/// Gives nuclei the numbers of their tracks, frame by frame, and remembers the tracks.
///
/// A nucleus gets the next number in the first frame that shows it. One that leaves the field of
/// view and comes back gets another, with its former track as parent: a track of the Cell Tracking
/// Challenge has no gaps. A track's parent is that of the nearest ancestor that any frame has
/// shown.
package struct TrackLedger: Sendable {
  private var tracks: [Track] = []
  /// The last track of each cell, as an index in `tracks`.
  private var current: [Int?]
  private let parents: [Int?]
  private var frame = 0

  /// A ledger without tracks for a family tree.
  package init(_ lineage: EmbryoLineage) {
    parents = lineage.cells.map(\.parent)
    current = Array(repeating: nil, count: parents.count)
  }

  /// Enters the next frame, which shows the cells numbered `labels` (index in the tree + 1,
  /// ascending), and gives the number of each one's track.
  package mutating func enter(_ labels: [UInt32]) -> [UInt32: UInt32] {
    var numbers: [UInt32: UInt32] = [:]
    for label in labels {
      let cell = Int(label) - 1
      if let index = current[cell], tracks[index].lastFrame == frame - 1 {
        let track = tracks[index]
        tracks[index] = Track(
          label: track.label, firstFrame: track.firstFrame, lastFrame: frame, parent: track.parent)
        numbers[label] = track.label
        continue
      }
      var ancestor: Int? = current[cell] == nil ? parents[cell] : cell
      while let known = ancestor, current[known] == nil { ancestor = parents[known] }
      let parent = ancestor.flatMap { current[$0] }.map { tracks[$0].label }
      let track = Track(
        label: UInt32(tracks.count + 1), firstFrame: frame, lastFrame: frame, parent: parent)
      current[cell] = tracks.count
      tracks.append(track)
      numbers[label] = track.label
    }
    frame += 1
    return numbers
  }

  /// The tracks so far.
  package func table() throws -> TrackTable { try TrackTable(tracks) }
}
