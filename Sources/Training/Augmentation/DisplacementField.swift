import Compute
import Foundation
import Microscopy

/// A smooth random displacement: uniform cubic B-splines between control points (Rueckert et al.,
/// IEEE Transactions on Medical Imaging 18:712, 1999).
///
/// At voxel i of an axis with spacing h, the spline is Σₖ B(i/h − k + 1) cₖ, with k from 0. In
/// three dimensions B is the product of the three axes' B.
package struct DisplacementField: Sendable {
  /// The distance of control points along z, y, x, in voxels.
  package let spacing: [Double]
  /// The number of control points along z, y, x.
  package let extent: Extent
  /// The displacement at the control points along z, y and x, in voxels; each `[z, y, x]`.
  package let controls: [[Double]]

  /// A field of given control values.
  package init(spacing: [Double], extent: Extent, controls: [[Double]]) {
    precondition(spacing.count == 3 && controls.count == 3, "a field has three axes")
    precondition(
      controls.allSatisfy { $0.count == extent.count }, "controls must fill the grid \(extent)")
    self.spacing = spacing
    self.extent = extent
    self.controls = controls
  }

  /// A random field over `sample` voxels.
  ///
  /// - Parameters:
  ///   - sample: The extent to cover.
  ///   - spacing: The distance of control points along z, y, x, in voxels.
  ///   - magnitude: The root mean square displacement along z, y, x, in voxels.
  ///   - generator: Draws 3 normal deviates for each control point.
  package init(
    covering sample: Extent, spacing: [Double], magnitude: [Double],
    using generator: inout some RandomNumberGenerator
  ) {
    func count(_ axis: Int, _ length: Int) -> Int {
      Int(clamped: (Double(length - 1) / spacing[axis]).rounded(.down)) + 4
    }
    let extent = Extent(
      depth: count(0, sample.depth), height: count(1, sample.height), width: count(2, sample.width))
    // Between control points the spline averages: the mean of Σ B² is 151/315 along each axis.
    let gain = pow(315.0 / 151, 1.5)
    var controls: [[Double]] = []
    for axis in 0..<3 {
      controls.append((0..<extent.count).map { _ in generator.normal() * magnitude[axis] * gain })
    }
    self.init(spacing: spacing, extent: extent, controls: controls)
  }

  /// The four weights of a cubic B-spline at fraction `t` behind the first inner control point.
  static func weights(_ t: Double) -> (Double, Double, Double, Double) {
    let s = 1 - t
    return (
      s * s * s / 6, (3 * t * t * t - 6 * t * t + 4) / 6, (3 * s * s * s - 6 * s * s + 4) / 6,
      t * t * t / 6
    )
  }

  /// The first control point and the weights for voxel `i` of an axis.
  static func support(
    _ i: Int, spacing: Double
  ) -> (first: Int, weights: (Double, Double, Double, Double)) {
    let point = Double(i) / spacing
    let first = point.rounded(.down)
    return (Int(clamped: first), weights(point - first))
  }

  /// The controls of one axis with z and y summed out: a row of control points for row (z, y).
  func row(axis: Int, z: Int, y: Int) -> [Double] {
    let (planeIndex, planeWeights) = Self.support(z, spacing: spacing[0])
    let (rowIndex, rowWeights) = Self.support(y, spacing: spacing[1])
    let planes = [planeWeights.0, planeWeights.1, planeWeights.2, planeWeights.3]
    let rows = [rowWeights.0, rowWeights.1, rowWeights.2, rowWeights.3]
    var result = [Double](repeating: 0, count: extent.width)
    for i in 0..<4 {
      for j in 0..<4 {
        let start = ((planeIndex + i) * extent.height + rowIndex + j) * extent.width
        let weight = planes[i] * rows[j]
        for x in 0..<extent.width { result[x] += weight * controls[axis][start + x] }
      }
    }
    return result
  }
}
