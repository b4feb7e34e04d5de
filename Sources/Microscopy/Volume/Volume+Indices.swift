extension Volume {
  /// The index of the voxel stored at `offset` in ``voxels``.
  public func index(ofVoxel offset: Int) -> VoxelIndex { extent.index(ofVoxel: offset) }
}

extension Extent {
  /// The index of the voxel at `offset` in scan order.
  package func index(ofVoxel offset: Int) -> VoxelIndex {
    let row = offset / width
    return VoxelIndex(z: row / height, y: row % height, x: offset % width)
  }
}
