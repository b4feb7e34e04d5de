import Microscopy

/// Section `sampling`: what one training sample is.
package struct SamplingConfiguration: ConfigurationSection {
  /// The two kinds of samples.
  package enum Mode: String, ConfigurationChoice {
    /// Whole prepared volumes.
    case whole
    /// Random boxes of them.
    case patches
  }

  /// The keys of the section.
  package enum Key: String, ConfigurationKey {
    case mode, patch
    case patchesPerVolume = "patches_per_volume"
    case foregroundFraction = "foreground_fraction"
    case foregroundExponent = "foreground_exponent"
  }

  /// What one sample is.
  package var mode = Mode.whole
  /// The extent of a patch.
  package var patch = Extent(depth: 64, height: 64, width: 64)
  /// The patches taken of every volume in an epoch, the mean if volumes differ
  /// (``foregroundExponent``).
  package var patchesPerVolume = 4
  /// The share of patches that are centered on a random foreground voxel.
  package var foregroundFraction = 0.67
  /// The power of a volume's foreground voxels that its share of the patches is proportional to:
  /// with 0 all volumes give the same number, with 1 every foreground voxel is seen equally often.
  package var foregroundExponent = 0.0

  /// Whole volumes.
  package init() {}

  package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
    try section.value(.mode, &mode)
    switch mode {
    case .patches:
      try section.extent(.patch, &patch)
      try section.value(.patchesPerVolume, &patchesPerVolume, .within(1...10_000))
      try section.value(.foregroundFraction, &foregroundFraction, .probability)
      try section.value(.foregroundExponent, &foregroundExponent, .within(0...1))
    case .whole:
      try section.inapplicable(
        [.patch, .patchesPerVolume, .foregroundFraction, .foregroundExponent],
        "mode is 'whole', not 'patches'")
    }
  }
}
