import Compute
import Foundation

/// The space that nuclei may take: an ellipsoid that opens a cavity and grows as a blastocyst.
struct EmbryoShape {
  /// The semi-axes in µm before the cavity opens.
  let axes: SIMD3<Double>
  /// The growth of the axes until the end, as a fraction.
  let expansion: Double
  /// The hour at which the cavity opens.
  let cavitation: Double
  /// The direction from the middle to the cavity; the inner cell mass lies opposite.
  let cavityDirection: SIMD3<Double>

  /// A random shape with a radius of 34 to 41 µm.
  init(using generator: inout some RandomNumberGenerator) {
    let radius = generator.uniform(in: 34...41)
    axes = SIMD3(
      radius * generator.uniform(in: 0.94...1.06), radius * generator.uniform(in: 0.94...1.06),
      radius * generator.uniform(in: 0.92...1.08))
    expansion = generator.uniform(in: 0.08...0.38)
    cavitation = generator.uniform(in: 54...62)
    cavityDirection = generator.direction()
  }

  /// How far the cavity has opened: 0 before, 1 at the end.
  func openness(at hour: Double) -> Double {
    min(max((hour - cavitation) / 22, 0), 1)
  }

  /// The semi-axes in µm at a time in hours.
  func axes(at hour: Double) -> SIMD3<Double> {
    axes * (1 + expansion * openness(at: hour))
  }

  /// The cavity as a ball, its center relative to the middle, in µm; radius 0 while there is none.
  func cavity(at hour: Double) -> (center: SIMD3<Double>, radius: Double) {
    let open = openness(at: hour)
    let axes = axes(at: hour)
    return (cavityDirection * axes * (0.42 - 0.12 * open), axes.min() * 0.72 * cbrt(open))
  }
}
