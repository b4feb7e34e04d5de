import Compute
import Foundation

/// The lines `L B E P` of a result of the Cell Tracking Challenge as they stand there, and what is
/// against the rules in them.
///
/// The rules are those of "Cell Tracking Challenge: Naming and file content conventions", as
/// py-ctcmetrics checks them (`ctc_validate`, Valid 1 or 0); a track beyond the last frame, which
/// py-ctcmetrics overlooks, is against them too. ``TrackTable`` holds valid tracks alone.
package struct TrackRows: Sendable, Hashable {
  /// One line.
  package struct Row: Sendable, Hashable {
    /// L.
    package let label: Int
    /// B.
    package let first: Int
    /// E.
    package let last: Int
    /// P, 0 for none.
    package let parent: Int
  }

  /// The labels of a frame.
  package struct Mask: Sendable {
    /// The frame, counted from 0.
    package let frame: Int
    /// The file, named in messages.
    package let name: String
    /// The labels without the background; nil if they are not known.
    package let labels: Set<UInt32>?

    /// The labels of a frame.
    package init(frame: Int, name: String, labels: Set<UInt32>?) {
      self.frame = frame
      self.name = name
      self.labels = labels
    }
  }

  /// The lines, in the order of the file.
  package let rows: [Row]

  /// Reads a file.
  ///
  /// - Throws: ``TrackTableError`` if it cannot be read or a line is not four whole numbers.
  package init(contentsOf path: String) throws(TrackTableError) {
    try self.init(text: try TrackTable.text(of: path), path: path)
  }

  /// Parses lines; `path` is named in errors.
  package init(text: String, path: String? = nil) throws(TrackTableError) {
    var rows: [Row] = []
    for line in TrackTable.lines(of: text) {
      let numbers = line.words.compactMap { Int($0) }
      guard line.words.count == 4, numbers.count == 4 else {
        throw TrackTable.lineError(line, path: path)
      }
      rows.append(
        Row(label: numbers[0], first: numbers[1], last: numbers[2], parent: numbers[3]))
    }
    self.rows = rows
  }

  /// What is against the rules, one line each; empty for a valid result.
  ///
  /// - Complexity: O(tracks · frames).
  package func violations(_ masks: [Mask]) -> [String] {
    if rows.isEmpty { return ["there are no tracks"] }
    return ownViolations + violations(in: masks.sorted { $0.frame < $1.frame })
  }

  /// What the lines alone break.
  private var ownViolations: [String] {
    var found: [String] = []
    var ends: [Int: Int] = [:]
    for row in rows {
      let track = "track \(row.label)"
      if row.label == 0 { found.append("label 0 is the background, not a track") }
      if row.label < 0 { found.append("label \(row.label) is negative") }
      if row.first < 0 { found.append("\(track) begins in frame \(row.first), before frame 0") }
      if row.last < row.first {
        found.append(
          "\(track) ends in frame \(row.last), before it begins in frame \(row.first)")
      }
      if row.parent < 0 { found.append("\(track) has the parent \(row.parent)") }
      if let end = ends[row.label] {
        found.append("\(track) has several lines")
        ends[row.label] = max(end, row.last)
      } else {
        ends[row.label] = row.last
      }
    }
    for row in rows where row.parent > 0 {
      guard let end = ends[row.parent] else {
        found.append("track \(row.label) has the parent \(row.parent), which is not a track")
        continue
      }
      if end >= row.first {
        found.append(
          "track \(row.label) begins in frame \(row.first), but its parent \(row.parent) ends in "
            + "frame \(end)")
      }
    }
    return found
  }

  /// Where lines and labels, in order of their frames, contradict each other.
  private func violations(in masks: [Mask]) -> [String] {
    var found: [String] = []
    let labels = Set(rows.map(\.label))
    for mask in masks {
      guard let own = mask.labels else { continue }
      let here = rows.filter { $0.first <= mask.frame && mask.frame <= $0.last }
      let tracked = Set(here.map(\.label))
      for label in own.sorted() where !tracked.contains(Int(label)) {
        found.append(
          labels.contains(Int(label))
            ? "label \(label) is in \(mask.name), outside of its track"
            : "label \(label) is in \(mask.name), but not a track")
      }
      for row in here where UInt32(exactly: row.label).map({ !own.contains($0) }) ?? true {
        found.append(
          "label \(row.label) is missing in \(mask.name), within its track from frame \(row.first) "
            + "to \(row.last)")
      }
    }
    let frames = masks.map(\.frame)
    for row in rows where row.first >= 0 && row.last >= row.first {
      // A track of n frames has n masks.
      let count = frames.count { row.first <= $0 && $0 <= row.last }
      if count <= row.last - row.first {
        found.append(
          "track \(row.label) lasts from frame \(row.first) to \(row.last), but some of these "
            + "frames are not there")
      }
    }
    return found
  }
}
