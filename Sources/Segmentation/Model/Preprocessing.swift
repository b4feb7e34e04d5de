import Microscopy

/// The way from the microscope's values and grid to the network's.
public struct Preprocessing: Sendable, Hashable {
  /// How intensities are scaled to about [0, 1].
  public enum Scaling: String, Sendable, CaseIterable, Codable {
    /// (I − min) / (max − min) of the volume, as published.
    case minMax = "min_max"
    /// As ``minMax``, between two percentiles, clipped to [0, 1].
    case percentile
    /// Between the background and the brightest structures: `RobustScaling`.
    case robust
    /// The values as they are.
    case none
  }

  /// The voxel grid of the network.
  public enum Grid: Sendable, Hashable {
    /// Cubes with the smallest of the file's edges.
    case isotropic
    /// The file's own grid.
    case native
    /// These edges in µm.
    case size(VoxelSize)
  }

  /// How intensities are scaled.
  public var scaling = Scaling.minMax
  /// The lower and upper percentile of ``Scaling/percentile``, 0 to 100.
  public var percentiles = 0.1...99.9
  /// The volume in µm³ of the voxels that ``Scaling/robust`` scales above 1.
  public var brightVolume = RobustScaling().brightVolume
  /// The voxel grid.
  public var grid = Grid.isotropic
  /// The extent to which volumes are cropped or mirror-padded about their center; nil keeps theirs.
  public var size: Extent?

  /// Min–max scaling on an isotropic grid.
  public init() {}
}
