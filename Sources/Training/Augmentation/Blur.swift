import Microscopy

extension AugmentationConfiguration.Blur {
  /// Convolves with a Gaussian, σ voxels uniform in the range, the same along all axes, mirrored at
  /// the border voxels.
  package func apply(
    to image: inout Volume<Float>, using generator: inout some RandomNumberGenerator
  ) {
    guard generator.chance(probability) else { return }
    image.blur(sigma: generator.uniform(in: range))
  }
}
