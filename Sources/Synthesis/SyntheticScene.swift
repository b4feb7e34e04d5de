import Foundation
import Microscopy

/// What lies before the microscope at one time. Places are µm from the corner of the field of view.
struct SyntheticScene: Sendable {
  /// A nucleus and whose it is.
  struct Member: Sendable {
    /// The place of its cell in the family tree.
    let cell: Int
    let nucleus: Nucleus
  }

  /// A polar body or a speck: a ball.
  struct Blob: Sendable {
    let center: SIMD3<Double>
    let radius: Double
    let density: Double
  }

  let nuclei: [Member]
  let blobs: [Blob]
  /// The embryo's middle and semi-axes.
  let middle: SIMD3<Double>
  let axes: SIMD3<Double>
  /// The cavity of the blastocyst, radius 0 without one.
  let cavity: (center: SIMD3<Double>, radius: Double)

  /// The light of the cytoplasm around a place, of a mean nucleus' light: 1 in cells at rest, more in
  /// dividing ones, which let go of histones.
  func cytoplasm(at place: SIMD3<Double>, cellRadius: Double) -> Double {
    guard length((place - middle) / axes) <= 1,
      length(place - cavity.center) >= cavity.radius
    else { return 0 }
    var nearest = Double.infinity
    var level = 0.0
    for member in nuclei {
      let distance = length(place - member.nucleus.center)
      if distance < nearest {
        nearest = distance
        level = 1 + 2 * member.nucleus.condensation
      }
    }
    return nearest <= 1.35 * cellRadius ? level : 0
  }
}
