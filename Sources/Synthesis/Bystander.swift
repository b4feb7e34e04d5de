import Compute
import Foundation

/// Something bright that is not a nucleus and is not annotated: a polar body under the zona, or a
/// speck of debris in late stages.
struct Bystander {
  /// The direction from the embryo's middle.
  let direction: SIMD3<Double>
  /// The radius in µm.
  let radius: Double
  /// Light per volume, as of `Nucleus.density`.
  let density: Double
  /// The hours during which it is seen.
  let life: ClosedRange<Double>
  /// How far it wanders around the embryo over the development, in radians.
  let wandering: Double

  /// One to three polar bodies, and up to three specks.
  static func some(using generator: inout some RandomNumberGenerator) -> [Bystander] {
    var all: [Bystander] = []
    for _ in 0..<1 + Int(clamped: 3 * generator.uniform()) {
      all.append(
        Bystander(
          direction: generator.direction(), radius: generator.uniform(in: 1.8...3.4),
          density: 0.35 * exp(0.6 * generator.normal()),
          life: 0...generator.uniform(in: 40...130), wandering: generator.uniform(in: -0.8...0.8)))
    }
    for _ in 0..<Int(clamped: 4 * generator.uniform()) {
      all.append(
        Bystander(
          direction: generator.direction(), radius: generator.uniform(in: 0.7...1.4),
          density: 1.2 * exp(0.8 * generator.normal()),
          life: generator.uniform(in: 40...80)...200, wandering: generator.uniform(in: -0.5...0.5)))
    }
    return all
  }

  /// The position in µm from the embryo's middle: just outside the cells.
  func point(at hour: Double, in shape: EmbryoShape) -> SIMD3<Double> {
    let axes = shape.axes(at: hour)
    let angle = wandering * hour / 83.5
    let turned = SIMD3(
      direction.x * cos(angle) - direction.y * sin(angle),
      direction.x * sin(angle) + direction.y * cos(angle), direction.z)
    return turned * (axes + (radius + 1))
  }
}
