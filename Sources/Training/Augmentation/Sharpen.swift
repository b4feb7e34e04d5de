import Compute
import Microscopy

extension AugmentationConfiguration.Sharpen {
  /// Unsharp masking: I + a (I − G ∗ I), a uniform in the range, G a Gaussian of σ = 1 voxel along
  /// all axes, mirrored at the border voxels. What a deconvolved or more finely focused image looks
  /// like.
  package func apply(
    to image: inout Volume<Float>, using generator: inout some RandomNumberGenerator
  ) {
    guard generator.chance(probability) else { return }
    let amount = Float(generator.uniform(in: range))
    var smooth = image
    smooth.blur(sigma: 1)
    for i in image.voxels.indices {
      image.voxels[i] += amount * (image.voxels[i] - smooth.voxels[i])
    }
  }
}
