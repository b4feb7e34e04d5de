import Compute
import Microscopy

extension AugmentationConfiguration.Saturation {
  /// min(I, c) / c, c uniform in the range: nuclei beyond the detector's limit, which scaling
  /// then maps to 1.
  package func apply(
    to image: inout Volume<Float>, using generator: inout some RandomNumberGenerator
  ) {
    guard generator.chance(probability) else { return }
    let limit = Float(generator.uniform(in: range))
    image = image.map { min($0, limit) / limit }
  }
}
