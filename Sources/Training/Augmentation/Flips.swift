import Compute
import Microscopy

extension AugmentationConfiguration.RandomFlips {
  /// Flips image and target along each of the axes with the probability.
  package func apply(to sample: inout Sample, using generator: inout some RandomNumberGenerator) {
    for axis in axes where generator.chance(probability) { sample.flip(along: axis) }
  }
}

extension AugmentationConfiguration.Flips {
  /// How many variants of each volume an epoch holds.
  package var variants: Int { self == .study ? 4 : 1 }

  /// The studies' set: variant 0 as it is, 1 flipped along x, 2 along y, 3 along both.
  package static func study(variant: Int, _ sample: inout Sample) {
    if variant & 1 != 0 { sample.flip(along: .x) }
    if variant & 2 != 0 { sample.flip(along: .y) }
  }
}

extension Sample {
  /// Mirrors image and target along an axis.
  package mutating func flip(along axis: Axis) {
    image = image.flipped(along: axis)
    target = target.flipped(along: axis)
  }
}
