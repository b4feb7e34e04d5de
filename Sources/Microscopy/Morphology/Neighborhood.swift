/// The neighbors of a voxel as steps along the axes, ordered by their distance (faces, edges,
/// corners) and then in scan order (z, y, x).
struct Neighborhood {
  let steps: [VoxelIndex]

  init(_ connectivity: Connectivity) {
    let rank =
      switch connectivity {
      case .faces: 1
      case .edges: 2
      case .corners: 3
      }
    var steps: [VoxelIndex] = []
    for distance in 1...rank {
      for z in -1...1 {
        for y in -1...1 {
          for x in -1...1 where abs(z) + abs(y) + abs(x) == distance {
            steps.append(VoxelIndex(z: z, y: y, x: x))
          }
        }
      }
    }
    self.steps = steps
  }

  /// The steps as differences of offsets into a volume of `extent`.
  func offsets(in extent: Extent) -> [Int] {
    steps.map { ($0.z * extent.height + $0.y) * extent.width + $0.x }
  }
}
