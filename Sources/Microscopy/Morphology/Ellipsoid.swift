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

  /// The steps of at most `radius` µm that stay in a volume of `extent`.
  init(radius: Double, voxelSize size: VoxelSize, extent: Extent) {
    let limit = radius * radius
    func reach(_ axis: Axis) -> Int {
      Int(min((radius / size[axis]).rounded(.down), Double(max(0, extent[axis] - 1))))
    }
    var steps: [Step] = []
    for z in -reach(.z)...reach(.z) {
      for y in -reach(.y)...reach(.y) {
        for x in -reach(.x)...reach(.x) where z != 0 || y != 0 || x != 0 {
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
