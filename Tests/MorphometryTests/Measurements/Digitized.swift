import Compute
import Foundation
import Microscopy
import Morphometry

/// Ellipsoids of any orientation and position, sampled at the voxel centers.
enum Digitized {
  /// An ellipsoid of the given semi-axes (µm) in the middle of a volume, turned and moved at
  /// random.
  static func ellipsoid(
    semiAxes: [Double], voxelSize size: VoxelSize, using generator: inout SeededGenerator
  ) -> LabelVolume {
    let turn = rotation(using: &generator)
    let radius = semiAxes.max() ?? 0
    let half = [size.z, size.y, size.x].map { Int((radius / $0).rounded(.up)) + 1 }
    let offset = (0..<3).map { _ in generator.uniform() - 0.5 }
    let extent = Extent(depth: 2 * half[0] + 1, height: 2 * half[1] + 1, width: 2 * half[2] + 1)
    var labels = LabelVolume(repeating: 0, extent: extent, voxelSize: size)
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width {
          let place = [
            (Double(z - half[0]) + offset[0]) * size.z, (Double(y - half[1]) + offset[1]) * size.y,
            (Double(x - half[2]) + offset[2]) * size.x,
          ]
          let square = (0..<3).reduce(0.0) { sum, axis in
            let along = (0..<3).reduce(0.0) { $0 + turn[axis][$1] * place[$1] } / semiAxes[axis]
            return sum + along * along
          }
          if square <= 1 { labels[z, y, x] = 1 }
        }
      }
    }
    return labels
  }

  /// The area of an ellipsoid's surface by the midpoint rule over its parameters.
  static func area(semiAxes: [Double]) -> Double {
    let (a, b, c) = (semiAxes[0], semiAxes[1], semiAxes[2])
    let steps = 400
    var area = 0.0
    for i in 0..<steps {
      let theta = (Double(i) + 0.5) * .pi / Double(steps)
      for j in 0..<steps {
        let phi = (Double(j) + 0.5) * 2 * .pi / Double(steps)
        let (st, ct, sp, cp) = (sin(theta), cos(theta), sin(phi), cos(phi))
        let element =
          (b * c * st * cp) * (b * c * st * cp) + (a * c * st * sp) * (a * c * st * sp)
          + (a * b * ct) * (a * b * ct)
        area += st * element.squareRoot()
      }
    }
    return area * (.pi / Double(steps)) * (2 * .pi / Double(steps))
  }

  /// Three orthonormal vectors, uniformly distributed, by Gram and Schmidt.
  private static func rotation(using generator: inout SeededGenerator) -> [[Double]] {
    var rows: [[Double]] = []
    while rows.count < 3 {
      var row = (0..<3).map { _ in generator.normal() }
      for other in rows {
        let dot = zip(row, other).reduce(0) { $0 + $1.0 * $1.1 }
        row = zip(row, other).map { $0 - dot * $1 }
      }
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if length > 1e-3 { rows.append(row.map { $0 / length }) }
    }
    return rows
  }
}
