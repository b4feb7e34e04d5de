import Microscopy

/// Section `preprocessing`: from the microscope's values and grid to the network's.
public struct PreprocessingConfiguration: ConfigurationSection {
  /// How intensities are brought to about [0, 1].
  public enum Scaling: String, ConfigurationChoice {
    /// (I − min) / (max − min) of the volume, as published.
    case minMax = "min_max"
    /// As ``minMax``, between two percentiles, clipped to [0, 1].
    case percentile
    /// Between the background and the brightest structures: `RobustScaling`.
    case robust
    /// The values as they are.
    case none
  }

  /// The voxel grid the network sees.
  public enum Grid: Sendable, Equatable {
    /// Cubes with the smallest of the file's edges.
    case isotropic
    /// The file's own grid.
    case native
    /// These edges in µm.
    case size(VoxelSize)
  }

  /// The keys of the section.
  package enum Key: String, ConfigurationKey {
    case scaling, percentiles
    case brightVolume = "bright_volume"
    case voxel, size
  }

  /// How intensities are scaled.
  public var scaling = Scaling.minMax
  /// The lower and upper percentile of ``Scaling/percentile``, 0 to 100.
  public var percentiles = 0.1...99.9
  /// The volume in µm³ that ``Scaling/robust`` makes brighter than 1.
  public var brightVolume = RobustScaling().brightVolume
  /// The voxel grid.
  public var grid = Grid.isotropic
  /// The extent to mirror-pad or crop to about the center; nil leaves it.
  public var size: Extent?

  /// Min–max scaling on an isotropic grid.
  public init() {}

  package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
    try section.value(.scaling, &scaling)
    if scaling == .percentile {
      try section.range(.percentiles, &percentiles, .within(0...100))
      if section.isReading, percentiles.lowerBound == percentiles.upperBound {
        throw section.error(.percentiles, "must be two different percentiles")
      }
    } else {
      try section.inapplicable([.percentiles], "scaling is '\(scaling.rawValue)', not 'percentile'")
    }
    if scaling == .robust {
      try section.value(.brightVolume, &brightVolume, .above(0))
    } else {
      try section.inapplicable([.brightVolume], "scaling is '\(scaling.rawValue)', not 'robust'")
    }
    try section.custom(.voxel, &grid) { node throws(ConfigurationError) in
      switch node.text {
      case "isotropic": return .isotropic
      case "native": return .native
      default:
        do {
          return .size(try section.voxelSize(.voxel, node))
        } catch {
          throw section.error(
            .voxel,
            "expected isotropic, native, an edge in µm or [x, y, z] in µm (above 0), "
              + "found \(node.found)")
        }
      }
    } write: {
      switch $0 {
      case .isotropic: ConfigurationNode(.plain("isotropic"))
      case .native: ConfigurationNode(.plain("native"))
      case .size(let size): size.configurationNode
      }
    }
    try section.extent(.size, &size)
  }
}
