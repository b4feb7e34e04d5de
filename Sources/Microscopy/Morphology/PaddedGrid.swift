/// The grid of a volume with one more voxel on every side, so that neighbors need no bounds.
struct PaddedGrid {
  let inner: Extent
  let extent: Extent

  init(around inner: Extent) {
    self.inner = inner
    extent = Extent(depth: inner.depth + 2, height: inner.height + 2, width: inner.width + 2)
  }

  /// The offset of the first voxel of row (z, y) of the inner grid.
  func row(z: Int, y: Int) -> Int { ((z + 1) * extent.height + y + 1) * extent.width + 1 }

  /// The inner voxel at an offset.
  func index(_ offset: Int) -> VoxelIndex {
    let row = offset / extent.width
    return VoxelIndex(
      z: row / extent.height - 1, y: row % extent.height - 1, x: offset % extent.width - 1)
  }
}
