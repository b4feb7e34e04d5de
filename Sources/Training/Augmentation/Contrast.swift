import Compute
import Foundation
import Microscopy

extension AugmentationConfiguration.Contrast {
  /// I' = mean + c (I − mean), the logarithm of c uniform.
  package func apply(
    to image: inout Volume<Float>, using generator: inout some RandomNumberGenerator
  ) {
    guard generator.chance(probability) else { return }
    let factor = Float(exp(generator.uniform(in: log(range.lowerBound)...log(range.upperBound))))
    let mean = Float(
      image.voxels.reduce(0.0) { $0 + Double($1) } / Double(max(1, image.voxels.count)))
    image.mapInPlace { mean + factor * ($0 - mean) }
  }
}
