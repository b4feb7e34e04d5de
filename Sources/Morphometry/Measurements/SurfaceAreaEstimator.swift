import Foundation
import Microscopy

/// The surface area in µm² of an object sampled on an anisotropic grid, by Crofton's formula.
///
/// The area of a body is proportional to the number of times that lines in all directions enter it.
/// On the grid there are lines in 13 directions, through a voxel and its 26 neighbors; a line along
/// the step d (µm) enters the object where a voxel is in it and the next one is not, and stands for
/// the cross-section V/|d| (V: the volume of a voxel). With a weight wₖ per direction, Σ wₖ = 2,
///
///     area = 2 Σₖ wₖ · entries(k) · V / |dₖ|,      entries(k) = voxels − pairs of neighbors along dₖ.
///
/// Lehmann and Legland ("Efficient N-dimensional surface estimation using Crofton formula and
/// run-length encoding", Insight Journal 2012) count by runs as here and weight a direction by its
/// Voronoi cell on the sphere. Where planes are far apart those weights err by 6 % (rms over the
/// orientations of a plane, at 1.75 : 0.8), because the directions are then unevenly spread. Here
/// the weights are those that err least: a plane with normal n is estimated as Σ wₖ |n·uₖ| times
/// its area, so they minimize the mean of (Σ wₖ |n·uₖ| − 1)² over all n with wₖ ≥ 0, scaled so that
/// the mean over all n is exact. That leaves 1.6 % for cubic voxels, where both agree, and 3.4 % at
/// 1.75 : 0.8, and a closed surface averages over its orientations.
///
/// A line that cuts off less than one step is missed, which for a sphere of radius r costs
/// |d|²/(12 r²): the estimate is low for objects of few voxels. docs/measurements.md has measured
/// errors.
package struct SurfaceAreaEstimator: Hashable, Sendable {
  /// µm² per entry, by kind of direction (`NeighborPairs`).
  private let areaPerEntry: [Double]
  /// How many of the 13 directions are of each kind.
  private static let multiplicity = [1, 1, 2, 1, 2, 2, 4]

  /// The estimator for voxels of one size. Microseconds.
  package init(voxelSize size: VoxelSize) {
    precondition(size.isValid, "a voxel has three positive edges: \(size)")
    let steps = Self.steps(size)
    let lengths = steps.map { $0.length }
    let weights = Self.weights(steps)
    let volume = size.z * size.y * size.x
    areaPerEntry = zip(weights, lengths).map { 2 * $0 * volume / $1 }
  }

  /// The area of the surface in µm²; the border of the volume counts where it cuts the object.
  func area(voxelCount: Int, pairs: NeighborPairs) -> Double {
    var area = 0.0
    for kind in 0..<7 {
      let entries = Self.multiplicity[kind] * voxelCount - pairs.counts[kind]
      area += areaPerEntry[kind] * Double(entries)
    }
    return area
  }

  private struct Step {
    var z: Double
    var y: Double
    var x: Double
    var length: Double { (z * z + y * y + x * x).squareRoot() }
  }

  /// One step of each kind.
  private static func steps(_ size: VoxelSize) -> [Step] {
    (1...7).map { kind in
      Step(
        z: kind & 4 > 0 ? size.z : 0, y: kind & 2 > 0 ? size.y : 0, x: kind & 1 > 0 ? size.x : 0)
    }
  }

  /// The weight of a direction of each kind; all 13 together weigh 2.
  ///
  /// Solved by descending along one weight after the other, which converges from any start because
  /// the problem is convex.
  private static func weights(_ steps: [Step]) -> [Double] {
    // gram[a][b]: the mean over n of |n·u| for a direction of kind a times the sum over kind b.
    let gram = steps.map { a in
      steps.map { b in
        var sum = 0.0
        var count = 0.0
        for signs in 0..<8 {
          let mirrored = Step(
            z: signs & 4 > 0 ? -b.z : b.z, y: signs & 2 > 0 ? -b.y : b.y,
            x: signs & 1 > 0 ? -b.x : b.x)
          let dot = a.z * mirrored.z + a.y * mirrored.y + a.x * mirrored.x
          sum += meanProduct(cosine: min(1, abs(dot) / (a.length * b.length)))
          count += 1
        }
        return sum / count
      }
    }
    let multiplicity = multiplicity.map(Double.init)
    var weights = [Double](repeating: 2.0 / 13, count: 7)
    for _ in 0..<10_000 {
      var change = 0.0
      for a in 0..<7 {
        // The mean of |n·u| is 1/2.
        var rest = 0.5
        for b in 0..<7 where b != a { rest -= gram[a][b] * multiplicity[b] * weights[b] }
        let weight = max(0, rest / (gram[a][a] * multiplicity[a]))
        change = max(change, abs(weight - weights[a]))
        weights[a] = weight
      }
      if change < 1e-14 { break }
    }
    let total = zip(weights, multiplicity).reduce(0) { $0 + $1.0 * $1.1 }
    return weights.map { 2 * $0 / total }
  }

  /// The mean of |n·u| |n·v| over all directions n, for unit vectors u, v at an angle of this
  /// cosine ≥ 0: 2/(3π) (sin α + cos α (π/2 − α)).
  private static func meanProduct(cosine: Double) -> Double {
    let sine = (1 - cosine * cosine).squareRoot()
    return 2 / (3 * Double.pi) * (sine + cosine * asin(cosine))
  }
}
