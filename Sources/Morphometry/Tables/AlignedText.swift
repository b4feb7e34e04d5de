/// Tables for people: columns of equal width, two spaces between them.
package enum AlignedText {
  /// A line per row. Columns in `leftAligned` begin at the left, all others end at the right.
  package static func lines(_ rows: [[String]], leftAligned: Set<Int> = [0]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      let cells = zip(row, widths).enumerated().map { index, cell in
        let gap = String(repeating: " ", count: cell.1 - cell.0.count)
        return leftAligned.contains(index) ? cell.0 + gap : gap + cell.0
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
