import Compute

/// The distance of each of some points to the nearest other one.
enum NearestNeighbors {
  /// In µm, in the order of the points; nil where there is no other point.
  ///
  /// - Complexity: O(n log² n).
  static func distances(_ points: [PhysicalPoint]) -> [Double?] {
    guard points.count > 1 else { return points.map { _ in nil } }
    let tree = PointTree(points)
    let size = 1024
    return Parallel.map(points.count.parts(of: size)) { job in
      (job * size..<min(points.count, (job + 1) * size)).map { tree.nearestDistance(ofPoint: $0) }
    }.flatMap { $0 }
  }
}
