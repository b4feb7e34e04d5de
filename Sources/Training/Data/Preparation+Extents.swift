import Microscopy

extension Preparation {
  /// The extents of pairs on the network's grid, not fitted to a size, from the files' headers.
  ///
  /// - Throws: `InputError` if image and target differ in extent or a voxel size is missing, or the
  ///   error of a file that cannot be read.
  func networkExtents(_ pairs: [VolumePair]) throws -> [Extent] {
    try verify(pairs)
    return try pairs.map { pair in
      let image = try pair.imageFile.source()
      guard let size = pair.voxelSize ?? image.calibration.voxelSize,
        let grid = preprocessing.gridVoxelSize(of: size)
      else { return image.extent }
      return try image.extent.resampled(from: size, to: grid)
    }
  }
}
