import Compute

/// Linear interpolation along one axis: output i is `(1 − w) · input[lower] + w · input[upper]`.
///
/// Coordinates are voxel-centered and both grids cover the same length: with n voxels in and m out,
/// output center i lies at (i + ½) · n/m − ½ on the input's grid, clamped to its centers. This is
/// SciPy's `zoom(grid_mode=True, mode="nearest")`. SciPy's default instead puts the first and last
/// centers of both grids on each other, which stretches the image by (m/n)(n − 1)/(m − 1): objects
/// would change their size in µm, and the way back would not undo it.
struct LinearWeights: Sendable {
  var lower: [Int]
  var upper: [Int]
  var weight: [Float]
  /// Whether nothing changes along the axis.
  var isIdentity: Bool

  init(from count: Int, to newCount: Int) {
    isIdentity = count == newCount
    lower = []
    upper = []
    weight = []
    guard !isIdentity else { return }
    let ratio = Double(count) / Double(newCount)
    for i in 0..<newCount {
      let position = min(max((Double(i) + 0.5) * ratio - 0.5, 0), Double(count - 1))
      let below = min(Int(clamped: position), count - 1)
      lower.append(below)
      upper.append(min(below + 1, count - 1))
      weight.append(Float(position - Double(below)))
    }
  }
}
