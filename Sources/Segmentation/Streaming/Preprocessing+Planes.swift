import Microscopy

extension Preprocessing {
  /// The network's input, plane by plane; the same bits as ``prepared(_:isotropicGrid:)``. All
  /// voxels are finite.
  ///
  /// - Parameter slab: The planes that are read at a time, for what the scaling depends on.
  func prepared(
    _ image: any PlaneSource<Float>, isotropicGrid: VoxelSize?, slab: Int
  ) throws -> any PlaneSource<Float> {
    let scaled = try image.scaled(by: intensityScaling, slab: slab)
    switch grid {
    case .native: return scaled
    case .isotropic:
      guard let voxelSize = image.voxelSize else { throw VolumeError.unknownVoxelSize }
      return try scaled.shrunkAndResampled(
        to: isotropicGrid ?? VoxelSize(isotropic: voxelSize.finest))
    case .size(let size): return try scaled.shrunkAndResampled(to: size)
    }
  }
}
