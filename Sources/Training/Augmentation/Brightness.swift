import Compute
import Microscopy

extension AugmentationConfiguration.Brightness {
  /// I' = I + b, b uniform in the range.
  package func apply(
    to image: inout Volume<Float>, using generator: inout some RandomNumberGenerator
  ) {
    guard generator.chance(probability) else { return }
    let shift = Float(generator.uniform(in: range))
    image.mapInPlace { $0 + shift }
  }
}
