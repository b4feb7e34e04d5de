extension VoxelSize {
  /// The volume in µm³ of a small nucleus, a ball of 5 µm.
  private static let smallNucleus = 65.0

  /// What is possible but unlikely of the voxels of embryos' nuclei, one line each.
  package var doubts: [String] {
    var doubts: [String] = []
    if abs(x / y - 1) > 0.01 {
      doubts.append("voxels of \(self) are not as wide as they are high; check the voxel size")
    }
    if x * y * z > Self.smallNucleus {
      doubts.append(
        "voxels of \(self) are larger than a small nucleus; check the voxel size")
    }
    return doubts
  }
}
