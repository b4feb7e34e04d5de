extension ConvexHull {
  /// The number of points with three even coordinates in the hull, its surface included, for points
  /// whose coordinates are at least −1 and at most `2 · depth − 1` (z) and `2 · height − 1` (y).
  ///
  /// Exact. Every row along x enters the hull through a facet that faces −x and leaves it through
  /// one that faces +x, so each facet is drawn on the (z, y) plane once.
  ///
  /// - Complexity: O(depth · height) and the areas of the facets' shadows.
  package func evenPlaces(depth: Int, height: Int) -> Int {
    var first = [Int](repeating: 0, count: depth * height)
    var last = [Int](repeating: -1, count: depth * height)
    for facet in facets where facet.normal.x != 0 {
      let isExit = facet.normal.x > 0
      let divisor = 2 * abs(facet.normal.x)
      forEachRow(under: facet, depth: depth, height: height) { z, y in
        // normal · (2x, 2y, 2z) ≤ offset, solved for x.
        let rest = facet.offset - facet.normal.z * 2 * z - facet.normal.y * 2 * y
        if isExit {
          last[z * height + y] = Self.floorDivision(rest, divisor)
        } else {
          first[z * height + y] = -Self.floorDivision(rest, divisor)
        }
      }
    }
    var count = 0
    for row in first.indices { count += max(0, last[row] - first[row] + 1) }
    return count
  }

  /// The even rows (2z, 2y) in the closed shadow of a facet on the (z, y) plane.
  private func forEachRow(
    under facet: Facet, depth: Int, height: Int, _ body: (_ z: Int, _ y: Int) -> Void
  ) {
    let a = points[facet.corners.0]
    var (b, c) = (points[facet.corners.1], points[facet.corners.2])
    // The shadow's corners in counterclockwise order in (y, z).
    if facet.normal.x < 0 { swap(&b, &c) }
    let lowZ = max(0, Self.ceilingHalf(min(a.z, b.z, c.z)))
    let highZ = min(depth - 1, max(a.z, b.z, c.z) >> 1)
    let lowY = max(0, Self.ceilingHalf(min(a.y, b.y, c.y)))
    let highY = min(height - 1, max(a.y, b.y, c.y) >> 1)
    guard lowZ <= highZ, lowY <= highY else { return }
    /// Positive to the left of the line from p to q.
    func side(_ p: Point, _ q: Point, _ z: Int, _ y: Int) -> Int {
      (q.y - p.y) * (z - p.z) - (q.z - p.z) * (y - p.y)
    }
    for z in lowZ...highZ {
      for y in lowY...highY
      where side(a, b, 2 * z, 2 * y) >= 0 && side(b, c, 2 * z, 2 * y) >= 0
        && side(c, a, 2 * z, 2 * y) >= 0
      { body(z, y) }
    }
  }

  /// Half of `n`, rounded up.
  private static func ceilingHalf(_ n: Int) -> Int { (n + 1) >> 1 }

  private static func floorDivision(_ a: Int, _ b: Int) -> Int {
    let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
