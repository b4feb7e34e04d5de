import Compute
import Foundation
import Microscopy

extension AugmentationConfiguration.Gamma {
  /// I' = lo + (hi − lo) ((I − lo)/(hi − lo))^γ with lo and hi the sample's extremes.
  ///
  /// γ is drawn so that its logarithm is uniform: 1/2 is as likely as 2.
  package func apply(
    to image: inout Volume<Float>, using generator: inout some RandomNumberGenerator
  ) {
    guard generator.chance(probability) else { return }
    let gamma = exp(generator.uniform(in: log(range.lowerBound)...log(range.upperBound)))
    guard let low = image.voxels.min(), let high = image.voxels.max(), high > low else { return }
    let span = high - low
    let exponent = Float(gamma)
    image.mapInPlace { low + span * pow(($0 - low) / span, exponent) }
  }
}
