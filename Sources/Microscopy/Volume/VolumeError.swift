/// Why a volume cannot be processed, in one line.
public enum VolumeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The step needs the voxel size, and neither the file nor the caller states it.
  case unknownVoxelSize
  /// A voxel size that no microscope has; see ``VoxelSize/isValid``.
  case invalidVoxelSize(VoxelSize)
  /// Some voxels are NaN or infinite: how many, and where the first one is.
  case notFinite(count: Int, first: VoxelIndex)
  /// Resampling would make more voxels than is sensible.
  case tooLarge(Extent, limit: Int)
  /// Percentiles outside `0 ≤ low < high ≤ 100`.
  case invalidPercentiles(low: Double, high: Double)

  /// The error in one line.
  public var description: String {
    switch self {
    case .unknownVoxelSize:
      "the voxel size is unknown: state it in µm as x, y, z, or save it in the file"
    case .invalidVoxelSize(let size):
      "a voxel of \(size) is impossible: \(VoxelSize.plausibility)"
    case .notFinite(let count, let first):
      "\(count) \(count == 1 ? "voxel is" : "voxels are") NaN or infinite, the first at "
        + "\(first) (z, y, x): replace them by finite intensities"
    case .tooLarge(let extent, let limit):
      "resampling would make \(extent) voxels (z, y, x), more than \(limit): check the voxel sizes"
    case .invalidPercentiles(let low, let high):
      "percentiles \(low) and \(high) are impossible: expected 0 ≤ low < high ≤ 100"
    }
  }
}
