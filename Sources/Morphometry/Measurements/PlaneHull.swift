/// The first and last x of a row, or none.
struct RowEnds: Hashable {
  private(set) var first = Int.max
  private(set) var last = Int.min

  var isEmpty: Bool { first > last }

  mutating func include(_ x: Int) {
    first = min(first, x)
    last = max(last, x)
  }

  func union(_ other: RowEnds) -> RowEnds {
    RowEnds(first: min(first, other.first), last: max(last, other.last))
  }

  /// Reaching further on both sides.
  func widened(by reach: Int) -> RowEnds {
    isEmpty ? self : RowEnds(first: first - reach, last: last + reach)
  }
}

/// The convex hull of rows in a plane, added in ascending order of y, by Andrew's monotone chain.
struct PlaneHull {
  private var left: [(y: Int, x: Int)] = []
  private var right: [(y: Int, x: Int)] = []

  /// The corners; the ends of a row of one voxel come once.
  var corners: [(y: Int, x: Int)] {
    left
      + right.filter { corner in !left.contains { $0.y == corner.y && $0.x == corner.x } }
  }

  mutating func add(y: Int, _ row: RowEnds) {
    guard !row.isEmpty else { return }
    Self.append((y, row.first), to: &left, turn: 1)
    Self.append((y, row.last), to: &right, turn: -1)
  }

  /// Drops the corners that the new one makes superfluous: those that do not bulge outwards.
  private static func append(
    _ point: (y: Int, x: Int), to chain: inout [(y: Int, x: Int)], turn: Int
  ) {
    while chain.count >= 2 {
      let (a, b) = (chain[chain.count - 2], chain[chain.count - 1])
      let area = (b.y - a.y) * (point.x - a.x) - (b.x - a.x) * (point.y - a.y)
      if area * turn > 0 { break }
      chain.removeLast()
    }
    chain.append(point)
  }
}
