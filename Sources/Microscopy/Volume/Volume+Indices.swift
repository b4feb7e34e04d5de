extension Volume {
  /// The index of the voxel stored at `offset` in ``voxels``.
  public func index(ofVoxel offset: Int) -> VoxelIndex {
    let row = offset / extent.width
    return VoxelIndex(
      z: row / extent.height, y: row % extent.height, x: offset % extent.width)
  }
}
