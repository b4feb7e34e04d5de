import Compute
import Foundation

/// One nucleus at one time: its position, its shape, its light.
///
/// The shape is an ellipsoid with a bumpy surface, stretched along z. The stretch of the light
/// comes from the mismatch of refractive indices. The image is longer still along z, because the
/// optics smear it. Surfaces of that length, the territory, tell which nucleus a point of the image
/// belongs to.
struct Nucleus {
  /// The position in the field of view, in µm from the corner (x, y, z).
  let center: SIMD3<Double>
  /// The radius in µm of the ball of the same volume, before stretching.
  let radius: Double
  /// 0 in interphase, 1 in mitosis.
  let condensation: Double
  /// Light per volume; 1 for a mean nucleus of the two-cell stage.
  let density: Double
  /// The length along z over that across, of the light and of the territory.
  private let stretch: (light: Double, territory: Double)
  /// The quadratic form d · form · d, 1 on the smooth surface: three columns, in 1/µm².
  private let form: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)
  private let bumps: Bumps
  /// The chromatin.
  let chromatin: ChromatinTexture

  /// The greatest distance in µm along x, y and z of the light from the center.
  let reach: SIMD3<Double>
  /// The same of the territory.
  let territoryReach: SIMD3<Double>

  /// The ``territoryDepth(at:)`` up to which a nucleus may be drawn.
  static let territory = 1.6

  /// What surrounds a nucleus at one time.
  struct Surroundings {
    /// The point in the field of view, in µm from the corner (x, y, z).
    let center: SIMD3<Double>
    /// The direction of the embryo's surface.
    let outward: SIMD3<Double>
    /// How far the nucleus is flattened against the surface, from 0 to 1.
    let flattening: Double
    /// The share of the light that bleaching has left.
    let light: Double
  }

  /// The nucleus of a cell.
  ///
  /// - Parameters:
  ///   - cell: The cell.
  ///   - mother: The spindle of its mother, along which the nucleus is still flat after birth.
  ///   - hour: The time in hours.
  ///   - surroundings: What surrounds it at that time.
  ///   - optics: What its image is smeared by.
  init(
    _ cell: EmbryoLineage.Cell, mother: SIMD3<Double>, at hour: Double,
    in surroundings: Surroundings, optics: Optics
  ) {
    let cycle = NuclearCycle(cell, at: hour)
    center = surroundings.center
    radius = cycle.radius
    condensation = cycle.condensation
    let lightStretch = Optics.stretch
    // At an annotator's level the image ends some 1.5 σ beyond the light.
    stretch = (lightStretch, lightStretch + 1.5 * optics.axialBlur / cycle.radius)
    let reference = NuclearCycle.reference
    density =
      surroundings.light * cell.brightness * 2 * pow(reference / cycle.radius, 3)

    var generator = SeededGenerator(seed: cell.seed, stream: 1)
    bumps = Bumps(amplitude: 0.05 + 0.07 * cycle.condensation, using: &generator)
    chromatin = ChromatinTexture(radius: cycle.radius, seed: cell.seed, using: &generator)
    // Its own slight ellipsoid, flattened against the surface, flat across the spindle in mitosis.
    let own = generator.direction()
    let elongation = exp(0.10 * generator.normal())
    let left = cell.division.map { Double($0) * EmbryoLineage.hoursPerStep - hour } ?? .infinity
    let age = hour - Double(cell.birth) * EmbryoLineage.hoursPerStep
    let spindle = age < left ? mother : cell.spindle
    let forms = [
      (Self.spheroid(own, along: elongation), (1 - cycle.flatness) * (1 - surroundings.flattening)),
      (
        Self.spheroid(surroundings.outward, along: 0.62),
        (1 - cycle.flatness) * surroundings.flattening
      ),
      (Self.spheroid(spindle, along: 0.45), cycle.flatness),
    ]
    var form = (SIMD3<Double>.zero, SIMD3<Double>.zero, SIMD3<Double>.zero)
    for (part, weight) in forms {
      form.0 += part.0 * weight
      form.1 += part.1 * weight
      form.2 += part.2 * weight
    }
    // The volume is that of the ball, whatever the shape.
    let determinant = (form.0 * cross(form.1, form.2)).sum()
    let scale = 1 / (cbrt(determinant) * cycle.radius * cycle.radius)
    self.form = (form.0 * scale, form.1 * scale, form.2 * scale)
    // Along each axis a quadric reaches to the square root of its inverse's diagonal.
    let inverse = SIMD3(
      cross(form.1, form.2).x, cross(form.2, form.0).y, cross(form.0, form.1).z)
    let reach = (inverse / (determinant * scale)).squareRoot() * (1 + bumps.limit)
    self.reach = reach * SIMD3(1, 1, stretch.light) + 1
    territoryReach = reach * SIMD3(1, 1, stretch.territory) * Self.territory + 1
  }

  /// The form of a spheroid of volume 4π/3 with this semi-axis ratio along `axis`.
  private static func spheroid(
    _ axis: SIMD3<Double>, along ratio: Double
  ) -> (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
    // Semi-axes ratio^(2/3) along and ratio^(-1/3) across; the form holds their inverse squares.
    let along = pow(ratio, -4.0 / 3)
    let wide = pow(ratio, 2.0 / 3)
    let identity = (SIMD3(wide, 0, 0), SIMD3(0, wide, 0), SIMD3(0, 0, wide))
    let more = axis * (along - wide)
    return (
      identity.0 + more * axis.x, identity.1 + more * axis.y, identity.2 + more * axis.z
    )
  }

  /// The distance from the center over that of the surface in the same direction, for an offset in
  /// µm from the center: below 1 inside. The surface is that of the light.
  func depth(at offset: SIMD3<Double>) -> Double {
    var offset = offset
    offset.z /= stretch.light
    return depth(unstretched: offset)
  }

  /// The same for the surface that is as long along z as the image of the nucleus.
  func territoryDepth(at offset: SIMD3<Double>) -> Double {
    var offset = offset
    offset.z /= stretch.territory
    return depth(unstretched: offset)
  }

  private func depth(unstretched d: SIMD3<Double>) -> Double {
    let square = (d * (form.0 * d.x + form.1 * d.y + form.2 * d.z)).sum()
    let smooth = max(square, 0).squareRoot()
    // The bumps matter only near the surface.
    guard smooth > 0.6, smooth < 1.6 else { return smooth }
    return smooth * (1 + bumps.height(toward: d))
  }

  /// Light at an offset in µm from the center that lies inside, relative to the nucleus' mean.
  func texture(at offset: SIMD3<Double>) -> Double {
    var d = offset
    d.z /= stretch.light
    return chromatin.value(at: d, condensation: condensation)
  }
}

extension NuclearCycle {
  /// The radius in µm of the nucleus whose density counts as 1.
  static let reference = 9.8
}

/// Low hills and hollows on a surface: a sum of three plane waves on the sphere of directions.
private struct Bumps {
  private let waves: [(wave: SIMD3<Double>, phase: Double)]
  private let amplitude: Double

  init(amplitude: Double, using generator: inout some RandomNumberGenerator) {
    self.amplitude = amplitude
    waves = (0..<3).map { _ in
      (generator.direction() * generator.uniform(in: 2...4.5), generator.uniform(in: 0...6.3))
    }
  }

  /// The greatest height.
  var limit: Double { amplitude * 1.8 }

  /// The height, as a fraction of the radius, in a direction of any length.
  func height(toward direction: SIMD3<Double>) -> Double {
    let unit = direction / max(length(direction), 1e-9)
    var sum = 0.0
    for (wave, phase) in waves { sum += sin((wave * unit).sum() + phase) }
    return amplitude * sum / 3.0.squareRoot()
  }
}

/// The cross product.
func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
  SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}
