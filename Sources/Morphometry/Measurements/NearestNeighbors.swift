/// The distance of each of some points to the nearest other one.
enum NearestNeighbors {
  /// In µm, in the order of the points; nil where there is no other point.
  ///
  /// - Complexity: O(n log n) for points that spread along z, O(n²) at worst.
  static func distances(_ points: [PhysicalPoint]) -> [Double?] {
    guard points.count > 1 else { return points.map { _ in nil } }
    let order = points.indices.sorted { (points[$0].z, $0) < (points[$1].z, $1) }
    var result = [Double?](repeating: nil, count: points.count)
    for (rank, index) in order.enumerated() {
      let point = points[index]
      var nearest = Double.infinity
      for others in [AnySequence(order[(rank + 1)...]), AnySequence(order[..<rank].reversed())] {
        for other in others {
          // All that follow are at least this far away.
          if abs(points[other].z - point.z) > nearest { break }
          nearest = min(nearest, point.distance(to: points[other]))
        }
      }
      result[index] = nearest
    }
    return result
  }
}
