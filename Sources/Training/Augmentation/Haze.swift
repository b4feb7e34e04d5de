import Compute
import Microscopy

extension AugmentationConfiguration.Haze {
  /// The distance of the field's control points, in voxels: wider than a nucleus.
  private static var spacing: Double { 32 }

  /// Adds a smooth random field between 0 and a, a uniform in the range: light from out of focus,
  /// or an uneven background.
  package func apply(
    to image: inout Volume<Float>, using generator: inout some RandomNumberGenerator
  ) {
    guard generator.chance(probability) else { return }
    let strength = generator.uniform(in: range)
    let extent = image.extent
    let (depth, height) = (SplineAxis(extent.depth), SplineAxis(extent.height))
    let width = SplineAxis(extent.width)
    let controls = (0..<depth.controls * height.controls * width.controls)
      .map { _ in generator.uniform() * strength }
    for z in 0..<extent.depth {
      let plane = depth.sum(at: z, of: controls, stride: height.controls * width.controls)
      for y in 0..<extent.height {
        let row = height.sum(at: y, of: plane, stride: width.controls)
        let start = (z * extent.height + y) * extent.width
        for x in 0..<extent.width {
          let (first, weights) = DisplacementField.support(x, spacing: Self.spacing)
          let low = weights.0 * row[first] + weights.1 * row[first + 1]
          let high = weights.2 * row[first + 2] + weights.3 * row[first + 3]
          image.voxels[start + x] += Float(low + high)
        }
      }
    }
  }

  /// The control points along one axis.
  private struct SplineAxis {
    let controls: Int

    init(_ length: Int) {
      controls = Int(clamped: (Double(length - 1) / spacing).rounded(.down)) + 4
    }

    /// The controls with this axis, their slowest, summed out at voxel `i`.
    func sum(at i: Int, of values: [Double], stride: Int) -> [Double] {
      let (first, weights) = DisplacementField.support(i, spacing: spacing)
      var result = [Double](repeating: 0, count: stride)
      for (k, weight) in [weights.0, weights.1, weights.2, weights.3].enumerated() {
        for j in 0..<stride { result[j] += weight * values[(first + k) * stride + j] }
      }
      return result
    }
  }
}
