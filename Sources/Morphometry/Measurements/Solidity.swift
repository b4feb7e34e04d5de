import Microscopy

/// The share of its convex hull that an object fills.
///
/// As scikit-image's `solidity`: the hull is that of the middles of all voxel faces (voxel centers
/// moved by half a voxel along each axis), and its size is the number of voxel centers in it,
/// border included; computed exactly. Where scikit-image gives up, on objects one voxel thick, this
/// is defined all the same: 1 for a single voxel.
enum Solidity {
  /// The number of voxels in the convex hull, nil for an object too wide for exact arithmetic
  /// (above half a million voxels along an axis).
  static func hullVoxelCount(_ runs: ArraySlice<LabelRun>, in box: BoundingBox) -> Int? {
    let extent = box.extent
    let widest = max(extent.depth, extent.height, extent.width)
    guard 2 * widest + 1 < ConvexHull.largestCoordinate else { return nil }
    guard let hull = ConvexHull(candidates(runs, in: box)) else { return nil }
    return hull.evenPlaces(depth: extent.depth, height: extent.height)
  }

  /// Points whose hull is that of all face middles, in half voxels from the box's first voxel: the
  /// corners of the plane hulls of all planes z and of all planes between two.
  private static func candidates(
    _ runs: ArraySlice<LabelRun>, in box: BoundingBox
  ) -> [ConvexHull.Point] {
    let (depth, height) = (box.extent.depth, box.extent.height)
    // The first and last voxel of every row of the box; empty rows have none.
    let empty = RowEnds()
    var ends = [RowEnds](repeating: empty, count: depth * height)
    for run in runs {
      let row = (Int(run.z) - box.lower.z) * height + Int(run.y) - box.lower.y
      ends[row].include(2 * (Int(run.first) - box.lower.x))
      ends[row].include(2 * (Int(run.end) - 1 - box.lower.x))
    }
    func row(_ z: Int, _ y: Int) -> RowEnds {
      z >= 0 && z < depth && y >= 0 && y < height ? ends[z * height + y] : empty
    }
    var points: [ConvexHull.Point] = []
    for z in -1..<2 * depth {
      var outline = PlaneHull()
      if z & 1 == 0 {
        for y in -1..<2 * height {
          var here = empty
          if y & 1 == 0 {
            // Face middles along x.
            here = row(z >> 1, y >> 1).widened(by: 1)
          } else {
            here = row(z >> 1, y >> 1).union(row(z >> 1, (y >> 1) + 1))
          }
          outline.add(y: y, here)
        }
      } else {
        for y in 0..<height {
          outline.add(y: 2 * y, row(z >> 1, y).union(row((z >> 1) + 1, y)))
        }
      }
      points += outline.corners.map { ConvexHull.Point(z: z, y: $0.y, x: $0.x) }
    }
    return points
  }
}
