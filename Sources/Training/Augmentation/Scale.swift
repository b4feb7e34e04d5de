import Compute
import Foundation
import Microscopy

extension AugmentationConfiguration.Scale {
  /// Draws a factor, its logarithm uniform, and adds the change of size; above 1 enlarges.
  package func apply(
    to transform: inout SpatialTransform, using generator: inout some RandomNumberGenerator
  ) {
    guard generator.chance(probability) else { return }
    let logarithm = generator.uniform(in: log(range.lowerBound)...log(range.upperBound))
    let inverse = exp(-logarithm)
    transform.apply(linear: [[inverse, 0, 0], [0, inverse, 0], [0, 0, inverse]])
  }
}
