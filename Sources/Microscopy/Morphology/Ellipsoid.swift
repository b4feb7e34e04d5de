import Compute

/// The voxels within a physical radius of a voxel: the steps to them, nearest first, then in scan
/// order; without the voxel itself.
struct Ellipsoid {
  /// A step and the squared distance it goes, in µm².
  struct Step {
    var z: Int
    var y: Int
    var x: Int
    var squaredDistance: Double
  }

  let steps: [Step]
  /// Whether these are all the steps, and not just those to near voxels.
  let isComplete: Bool

  /// The steps of at most `radius` µm that stay in a volume of `extent`; those to near voxels alone
  /// if a box of `limit` steps does not hold them.
  init(radius: Double, voxelSize size: VoxelSize, extent: Extent, limit count: Int = 1 << 18) {
    let limit = radius * radius
    func reach(_ axis: Axis, _ most: Int = .max) -> Int {
      min(Int(clamped: (radius / size[axis]).rounded(.down)), max(0, extent[axis] - 1), most)
    }
    let box = Axis.allCases.reduce(1.0) { $0 * Double(2 * reach($1) + 1) }
    isComplete = box <= Double(count)
    let most = isComplete ? Int.max : 2
    var steps: [Step] = []
    for z in -reach(.z, most)...reach(.z, most) {
      for y in -reach(.y, most)...reach(.y, most) {
        for x in -reach(.x, most)...reach(.x, most) where z != 0 || y != 0 || x != 0 {
          let (dz, dy, dx) = (Double(z) * size.z, Double(y) * size.y, Double(x) * size.x)
          let squared = dz * dz + dy * dy + dx * dx
          if squared <= limit {
            steps.append(Step(z: z, y: y, x: x, squaredDistance: squared))
          }
        }
      }
    }
    // The sort is stable, and the loops ran in scan order.
    self.steps = steps.sorted { $0.squaredDistance < $1.squaredDistance }
  }
}
