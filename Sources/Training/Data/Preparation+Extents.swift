import Microscopy

extension Preparation {
  /// The extents of pairs on the network's grid, not fitted to a size, from the files' headers.
  ///
  /// - Throws: where image and target differ or a voxel size is missing.
  func networkExtents(_ pairs: [VolumePair]) throws -> [Extent] {
    try verify(pairs)
    return try pairs.map { pair in
      let header = try loader.header(at: pair.image)
      guard let size = pair.voxelSize ?? header.voxelSize,
        let grid = preprocessing.gridVoxelSize(of: size)
      else { return header.extent }
      return try header.extent.resampled(from: size, to: grid)
    }
  }
}
