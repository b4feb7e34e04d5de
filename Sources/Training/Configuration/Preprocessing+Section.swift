import Microscopy
import Segmentation

extension Preprocessing.Scaling: ConfigurationChoice {}

/// Section `preprocessing`.
extension Preprocessing: ConfigurationSection {
  /// The keys of the section.
  package enum Key: String, ConfigurationKey {
    case scaling, percentiles
    case brightVolume = "bright_volume"
    case voxel, size
  }

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
