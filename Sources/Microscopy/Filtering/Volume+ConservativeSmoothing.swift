import Compute

extension Volume<Float> {
  /// The volume with every voxel limited to the range of its eight neighbors in the plane
  /// (conservative smoothing): hot and dead pixels vanish, also those that a camera has at the same
  /// place of every plane; edges and structures wider than a pixel stay.
  ///
  /// In a plane of a single voxel nothing changes.
  public func conservativelySmoothed() -> Volume<Float> {
    let (height, width) = (extent.height, extent.width)
    guard height * width > 1 else { return self }
    let result = [Float](count: voxels.count, pieces: width) { range, piece in
      let y = range.lowerBound / width % height
      let plane = range.lowerBound - y * width
      let rows = (max(0, y - 1)...min(height - 1, y + 1)).map { plane + $0 * width }
      let voxels = voxels.span
      for x in 0..<width {
        let own = range.lowerBound + x
        var (low, high) = (Float.infinity, -Float.infinity)
        for row in rows {
          for neighbor in row + max(0, x - 1)...row + min(width - 1, x + 1) where neighbor != own {
            low = min(low, voxels[neighbor])
            high = max(high, voxels[neighbor])
          }
        }
        piece[x] = max(low, min(high, voxels[own]))
      }
    }
    return Volume(result, extent: extent, voxelSize: voxelSize)
  }
}
