import Foundation
import Microscopy

/// What is in front of the microscope at one time. Points are in µm from the corner of the field of
/// view.
struct SyntheticScene: Sendable {
  /// A nucleus and its cell.
  struct Member: Sendable {
    /// The index of its cell in the family tree.
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

  /// The light of the cytoplasm at a point, in units of that of cells at rest: more in dividing
  /// cells, which release histones, and 0 outside of cells.
  func cytoplasm(at point: SIMD3<Double>, cellRadius: Double) -> Double {
    guard length((point - middle) / axes) <= 1,
      length(point - cavity.center) >= cavity.radius
    else { return 0 }
    var nearest = Double.infinity
    var level = 0.0
    for member in nuclei {
      let distance = length(point - member.nucleus.center)
      if distance < nearest {
        nearest = distance
        level = 1 + 2 * member.nucleus.condensation
      }
    }
    return nearest <= 1.35 * cellRadius ? level : 0
  }
}
