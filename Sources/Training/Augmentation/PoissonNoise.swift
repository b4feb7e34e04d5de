import Compute
import Foundation
import Microscopy

extension AugmentationConfiguration.PoissonNoise {
  /// I' = Poisson(P · I)/P where P, the photons of intensity 1, has a uniform logarithm.
  ///
  /// Intensities of 0 and below hold no photons and stay as they are.
  package func apply(
    to image: inout Volume<Float>, using generator: inout some RandomNumberGenerator
  ) {
    guard generator.chance(probability) else { return }
    let photons = exp(generator.uniform(in: log(range.lowerBound)...log(range.upperBound)))
    image.mapInPlace {
      $0 > 0 ? Float(Double(generator.poisson(mean: photons * Double($0))) / photons) : $0
    }
  }
}
