/// A k-d tree of points, to find those near another one.
package struct PointTree: Sendable {
  private let points: [PhysicalPoint]
  /// The indices of the points; the middle of each range is its node, smaller values before it.
  private var order: [Int]
  /// The axis of each node, by its place in ``order``.
  private var axes: [UInt8]

  /// - Complexity: O(n log² n).
  package init(_ points: [PhysicalPoint]) {
    self.points = points
    order = Array(points.indices)
    axes = Array(repeating: 0, count: points.count)
    var open = [points.indices]
    while let range = open.popLast() {
      if range.count < 2 { continue }
      let axis = Self.widestAxis(points, order[range])
      order[range].sort {
        let (a, b) = (points[$0][axis], points[$1][axis])
        return a == b ? $0 < $1 : a < b
      }
      let middle = Self.middle(range)
      axes[middle] = axis
      open.append(range.lowerBound..<middle)
      open.append(middle + 1..<range.upperBound)
    }
  }

  private static func middle(_ range: Range<Int>) -> Int { range.lowerBound + range.count / 2 }

  private static func widestAxis(_ points: [PhysicalPoint], _ indices: ArraySlice<Int>) -> UInt8 {
    var best: (width: Double, axis: UInt8) = (-1, 0)
    for axis: UInt8 in 0..<3 {
      var (low, high) = (Double.infinity, -Double.infinity)
      for index in indices {
        low = min(low, points[index][axis])
        high = max(high, points[index][axis])
      }
      if high - low > best.width { best = (high - low, axis) }
    }
    return best.axis
  }

  /// Calls `body` with the index of every point at a distance of at most `radius`, and with the
  /// distance, in no particular order.
  package func forEach(
    within radius: Double, of point: PhysicalPoint,
    _ body: (_ index: Int, _ distance: Double) -> Void
  ) {
    var open = [points.indices]
    while let range = open.popLast() {
      if range.isEmpty { continue }
      let middle = Self.middle(range)
      let node = points[order[middle]]
      let distance = point.distance(to: node)
      if distance <= radius { body(order[middle], distance) }
      let offset = point[axes[middle]] - node[axes[middle]]
      // The distance along an axis is never more than the whole, rounded or not.
      if offset <= radius { open.append(range.lowerBound..<middle) }
      if -offset <= radius { open.append(middle + 1..<range.upperBound) }
    }
  }

  /// The distance of a point of the tree to the nearest other one, infinite if there is none.
  package func nearestDistance(ofPoint index: Int) -> Double {
    let point = points[index]
    var nearest = Double.infinity
    func visit(_ range: Range<Int>) {
      if range.isEmpty { return }
      let middle = Self.middle(range)
      let node = points[order[middle]]
      if order[middle] != index { nearest = min(nearest, point.distance(to: node)) }
      let offset = point[axes[middle]] - node[axes[middle]]
      let (before, after) = (range.lowerBound..<middle, middle + 1..<range.upperBound)
      visit(offset <= 0 ? before : after)
      if abs(offset) < nearest { visit(offset <= 0 ? after : before) }
    }
    visit(points.indices)
    return nearest
  }
}

extension PhysicalPoint {
  /// Along z, y, x for 0, 1, 2.
  fileprivate subscript(axis: UInt8) -> Double { axis == 0 ? z : axis == 1 ? y : x }
}
