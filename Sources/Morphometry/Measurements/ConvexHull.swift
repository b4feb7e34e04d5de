/// The convex hull of points with integer coordinates, by quickhull (Barber, Dobkin and Huhdanpaa,
/// "The Quickhull algorithm for convex hulls", ACM Trans. Math. Softw. 22, 1996) in exact integer
/// arithmetic: no tolerance, and no trouble with the many coplanar points of a grid.
///
/// Faces with more than three corners come as several coplanar triangles.
package struct ConvexHull {
  /// A point of the grid.
  package struct Point: Hashable, Sendable {
    package var z: Int
    package var y: Int
    package var x: Int

    package init(z: Int, y: Int, x: Int) {
      self.z = z
      self.y = y
      self.x = x
    }

    static func - (a: Point, b: Point) -> Point { Point(z: a.z - b.z, y: a.y - b.y, x: a.x - b.x) }

    func cross(_ b: Point) -> Point {
      Point(z: x * b.y - y * b.x, y: z * b.x - x * b.z, x: y * b.z - z * b.y)
    }

    func dot(_ b: Point) -> Int { z * b.z + y * b.y + x * b.x }
  }

  /// A triangle of the surface; seen from outside its corners turn counterclockwise in (x, y, z).
  package struct Facet {
    /// Indices of points.
    package let corners: (Int, Int, Int)
    /// Points outwards; as long as twice the area.
    package let normal: Point
    /// normal · q for the points q of its plane; outside it is more.
    package let offset: Int

    /// How far outside its plane a point is, times the length of the normal.
    func height(_ point: Point) -> Int { normal.dot(point) - offset }
  }

  /// The largest magnitude of a coordinate for which no product overflows.
  package static let largestCoordinate = 1 << 20

  /// The points.
  package let points: [Point]
  /// The surface.
  package private(set) var facets: [Facet] = []

  /// While the hull grows: a facet, the facets across its three edges and the points outside it.
  private struct Face {
    var facet: Facet
    var across: [Int]
    var outside: [Int] = []
    var isAlive = true
    var visit = -1
  }

  /// An edge that separates what a point sees from what it does not see.
  private struct HorizonEdge {
    let from: Int
    let to: Int
    /// The face beyond, which stays.
    let beyond: Int
    /// Which of its edges this is.
    let edge: Int
  }

  /// The hull, or nil where all points lie in one plane.
  ///
  /// - Complexity: O(n log n) for n points as a rule.
  package init?(_ points: [Point]) {
    self.points = points
    guard let simplex = Self.simplex(points) else { return nil }
    var faces = firstFaces(simplex)
    distribute(points.indices, to: 0..<4, of: &faces)
    var pending = [0, 1, 2, 3]
    var edgeStart = [Int](repeating: -1, count: points.count)
    while let face = pending.popLast() {
      guard faces[face].isAlive, !faces[face].outside.isEmpty else { continue }
      let apex = farthest(from: faces[face])
      let (seen, horizon) = view(from: apex, startingAt: face, in: &faces)
      let first = faces.count
      for edge in horizon {
        edgeStart[edge.from] = faces.count
        faces[edge.beyond].across[edge.edge] = faces.count
        faces.append(
          Face(facet: makeFacet(edge.from, edge.to, apex), across: [edge.beyond, -1, -1]))
      }
      for (number, edge) in horizon.enumerated() {
        // The face that begins where this one ends shares the edge from there to the apex.
        let next = edgeStart[edge.to]
        faces[first + number].across[1] = next
        faces[next].across[2] = first + number
      }
      for index in seen {
        let orphans = faces[index].outside
        faces[index].isAlive = false
        faces[index].outside = []
        distribute(orphans, to: first..<faces.count, of: &faces)
      }
      pending += first..<faces.count
    }
    facets = faces.filter(\.isAlive).map(\.facet)
  }

  private func makeFacet(_ a: Int, _ b: Int, _ c: Int) -> Facet {
    let normal = (points[b] - points[a]).cross(points[c] - points[a])
    return Facet(corners: (a, b, c), normal: normal, offset: normal.dot(points[a]))
  }

  /// Gives each point to the first of the faces that it lies outside of; the others are inside.
  private func distribute(
    _ candidates: some Sequence<Int>, to range: Range<Int>, of faces: inout [Face]
  ) {
    for index in candidates {
      let point = points[index]
      for face in range where faces[face].facet.height(point) > 0 {
        faces[face].outside.append(index)
        break
      }
    }
  }

  private func farthest(from face: Face) -> Int {
    var best = face.outside[0]
    var height = 0
    for index in face.outside {
      let other = face.facet.height(points[index])
      if other > height { (best, height) = (index, other) }
    }
    return best
  }

  /// The faces that a point lies strictly outside of, which hang together, and their border.
  private func view(
    from apex: Int, startingAt start: Int, in faces: inout [Face]
  ) -> (seen: [Int], horizon: [HorizonEdge]) {
    let point = points[apex]
    var seen = [start]
    var horizon: [HorizonEdge] = []
    faces[start].visit = apex
    var next = 0
    while next < seen.count {
      let face = seen[next]
      next += 1
      let corners = faces[face].facet.corners
      for (edge, (from, to)) in [
        (corners.0, corners.1), (corners.1, corners.2), (corners.2, corners.0),
      ].enumerated() {
        let other = faces[face].across[edge]
        if faces[other].visit == apex { continue }
        if faces[other].facet.height(point) > 0 {
          faces[other].visit = apex
          seen.append(other)
        } else {
          // Both faces have this edge, each in its own direction.
          let edge = faces[other].across.indices.first { faces[other].across[$0] == face } ?? 0
          horizon.append(HorizonEdge(from: from, to: to, beyond: other, edge: edge))
        }
      }
    }
    return (seen, horizon)
  }
}

extension ConvexHull {
  /// Four points that span a volume, as far apart as is easily found.
  private static func simplex(_ points: [Point]) -> (Int, Int, Int, Int)? {
    guard let first = points.indices.min(by: { precedes(points[$0], points[$1]) }),
      let second = points.indices.max(by: { precedes(points[$0], points[$1]) }), first != second
    else { return nil }
    let axis = points[second] - points[first]
    func area(_ index: Int) -> Double {
      let normal = axis.cross(points[index] - points[first])
      let (z, y, x) = (Double(normal.z), Double(normal.y), Double(normal.x))
      return z * z + y * y + x * x
    }
    guard let third = points.indices.max(by: { area($0) < area($1) }), area(third) > 0 else {
      return nil
    }
    let normal = axis.cross(points[third] - points[first])
    func height(_ index: Int) -> Int { normal.dot(points[index] - points[first]) }
    guard let fourth = points.indices.max(by: { abs(height($0)) < abs(height($1)) }),
      height(fourth) != 0
    else { return nil }
    // The fourth point must lie behind the triangle of the first three.
    return height(fourth) < 0
      ? (first, second, third, fourth) : (first, third, second, fourth)
  }

  private static func precedes(_ a: Point, _ b: Point) -> Bool {
    (a.z, a.y, a.x) < (b.z, b.y, b.x)
  }

  private func firstFaces(_ corner: (Int, Int, Int, Int)) -> [Face] {
    let (a, b, c, d) = corner
    return [
      Face(facet: makeFacet(a, b, c), across: [1, 2, 3]),
      Face(facet: makeFacet(b, a, d), across: [0, 3, 2]),
      Face(facet: makeFacet(c, b, d), across: [0, 1, 3]),
      Face(facet: makeFacet(a, c, d), across: [0, 2, 1]),
    ]
  }
}
