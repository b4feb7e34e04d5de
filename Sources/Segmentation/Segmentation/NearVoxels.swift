import Compute
import Microscopy

/// Voxels among which those near another one are found plane by plane.
struct NearVoxels {
  private let voxels: [VoxelIndex]
  private let voxelSize: VoxelSize

  /// Voxels of a grid.
  init(_ voxels: [VoxelIndex], voxelSize: VoxelSize) {
    self.voxels = voxels.sorted { $0.z < $1.z }
    self.voxelSize = voxelSize
  }

  /// Whether one of the voxels lies at a distance of at most `radius` µm from a voxel.
  func isAny(within radius: Double, of center: VoxelIndex) -> Bool {
    // A plane more, as distances are rounded.
    let reach = Int(clamped: min(radius / voxelSize.z, 1e9)) + 1
    var (low, high) = (0, voxels.count)
    while low < high {
      let middle = (low + high) / 2
      if voxels[middle].z < center.z - reach { low = middle + 1 } else { high = middle }
    }
    return voxels[low...].prefix { $0.z <= center.z + reach }
      .contains { voxelSize.distance($0, center) <= radius }
  }
}
