import Compute
import Morphometry
import Testing

/// The hull by its defining properties, and the count of grid points against testing each of them.
@Suite struct ConvexHullTests {
  private func points(_ seed: Int, spread: Int, count: Int) -> [ConvexHull.Point] {
    var generator = SeededGenerator(seed: 5, stream: UInt64(seed))
    return (0..<count).map { _ in
      ConvexHull.Point(
        z: Int.random(in: -1...spread, using: &generator),
        y: Int.random(in: -1...spread, using: &generator),
        x: Int.random(in: -1...2 * spread, using: &generator))
    }
  }

  /// Many points on few grid positions: coplanar and collinear points abound.
  @Test(arguments: 0..<60) func hullAndPlaces(seed: Int) throws {
    let spread = [3, 5, 9, 21][seed % 4]
    let points = points(seed, spread: spread, count: 5 + seed * 3)
    guard let hull = ConvexHull(points) else { return }
    for facet in hull.facets {
      #expect(facet.normal != ConvexHull.Point(z: 0, y: 0, x: 0))
      #expect(points.allSatisfy { side(facet, $0) <= 0 })
    }
    // A closed surface: every edge comes once in each direction, and V − E + F = 2.
    var edges: Set<[Int]> = []
    for facet in hull.facets {
      let (a, b, c) = facet.corners
      for edge in [[a, b], [b, c], [c, a]] { #expect(edges.insert(edge).inserted) }
    }
    #expect(edges.allSatisfy { edges.contains([$0[1], $0[0]]) })
    let corners = Set(edges.map { $0[0] })
    #expect(corners.count - edges.count / 2 + hull.facets.count == 2)

    var count = 0
    for z in 0...(spread / 2) {
      for y in 0...(spread / 2) {
        for x in -1...spread {
          let place = ConvexHull.Point(z: 2 * z, y: 2 * y, x: 2 * x)
          if hull.facets.allSatisfy({ side($0, place) <= 0 }) { count += 1 }
        }
      }
    }
    #expect(hull.evenPlaces(depth: spread / 2 + 1, height: spread / 2 + 1) == count)
  }

  private func side(_ facet: ConvexHull.Facet, _ point: ConvexHull.Point) -> Int {
    facet.normal.z * point.z + facet.normal.y * point.y + facet.normal.x * point.x - facet.offset
  }

  @Test func flatSetsHaveNone() {
    #expect(ConvexHull([])?.facets.count == nil)
    let flat = (0..<9).map { ConvexHull.Point(z: $0 / 3, y: $0 % 3, x: $0 / 3 + $0 % 3) }
    #expect(ConvexHull(flat)?.facets.count == nil)
    #expect(ConvexHull(Array(repeating: flat[0], count: 5))?.facets.count == nil)
  }
}
