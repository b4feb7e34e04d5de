import Compute
import Microscopy

extension AugmentationConfiguration.GaussianNoise {
  /// I' = I + σ n with n standard normal in every voxel, σ uniform in the range.
  package func apply(
    to image: inout Volume<Float>, using generator: inout some RandomNumberGenerator
  ) {
    guard generator.chance(probability) else { return }
    let deviation = generator.uniform(in: range)
    image.mapInPlace { $0 + Float(deviation * generator.normal()) }
  }
}
