import Compute
import Synchronization

/// The pairs of points of two lists that lie at most a radius apart; their cost is the distance.
struct NearPoints: AssignmentGraph {
  /// How many pairs are kept, 256 MB; more are looked up again whenever they are needed.
  private static let mostKept = 1 << 26

  private let points: [PhysicalPoint]
  private let others: [PhysicalPoint]
  private let radius: Double
  private let tree: PointTree
  /// Where the pairs of each row begin; nil if pairs are not kept.
  private let starts: [Int]?
  /// The columns of the pairs, nearest first.
  private let kept: [UInt32]

  var rows: Int { points.count }
  var columns: Int { others.count }

  init(_ points: [PhysicalPoint], _ others: [PhysicalPoint], radius: Double) {
    self.points = points
    self.others = others
    self.radius = radius
    let tree = PointTree(others)
    self.tree = tree
    let total = Atomic<Int>(0)
    Parallel.forEach(points.count) { row, _ in
      if total.load(ordering: .relaxed) > Self.mostKept { return }
      var count = 0
      tree.forEach(within: radius, of: points[row]) { _, _ in count += 1 }
      total.wrappingAdd(count, ordering: .relaxed)
    }
    let count = total.load(ordering: .relaxed)
    guard count <= Self.mostKept else {
      (starts, kept) = (nil, [])
      return
    }
    let parts = Parallel.map(points.count.parts(of: 256)) { job in
      (job * 256..<min(points.count, (job + 1) * 256)).map { row in
        Self.nearest(tree, points[row], radius)
      }
    }
    var starts = [0]
    var kept: [UInt32] = []
    kept.reserveCapacity(count)
    starts.reserveCapacity(points.count + 1)
    for columns in parts.joined() {
      kept.append(contentsOf: columns)
      starts.append(kept.count)
    }
    self.starts = starts
    self.kept = kept
  }

  /// The points within the radius, nearest first, then by number.
  private static func nearest(
    _ tree: PointTree, _ point: PhysicalPoint, _ radius: Double
  ) -> [UInt32] {
    var found: [(distance: Double, column: UInt32)] = []
    tree.forEach(within: radius, of: point) { found.append(($1, UInt32(truncatingIfNeeded: $0))) }
    return found.sorted { ($0.distance, $0.column) < ($1.distance, $1.column) }.map(\.column)
  }

  func forEachEdge(ofRow row: Int, _ body: (_ column: Int, _ cost: Double) -> Bool) {
    let point = points[row]
    guard let starts else {
      tree.forEach(within: radius, of: point) { _ = body($0, $1) }
      return
    }
    for column in kept[starts[row]..<starts[row + 1]] {
      if !body(Int(column), point.distance(to: others[Int(column)])) { return }
    }
  }
}
