import Microscopy

/// The number of an object's voxels and the first and second moments of their positions, exact in
/// integers, relative to the first voxel of its bounding box.
struct RunMoments {
  private var count = 0
  private var sum = (z: 0, y: 0, x: 0)
  private var square = (z: 0, y: 0, x: 0)
  private var product = (zy: 0, zx: 0, yx: 0)
  private let origin: VoxelIndex

  /// Adds up the runs, each at once.
  init(_ runs: ArraySlice<LabelRun>, in box: BoundingBox) {
    origin = box.lower
    for run in runs {
      let n = run.count
      let z = Int(run.z) - origin.z
      let y = Int(run.y) - origin.y
      let first = Int(run.first) - origin.x
      let last = first + n - 1
      // Σx and Σx² over first…last.
      let sumX = n * (first + last) / 2
      let squareX = Self.squares(last) - Self.squares(first - 1)
      count += n
      sum = (sum.z + n * z, sum.y + n * y, sum.x + sumX)
      square = (square.z + n * z * z, square.y + n * y * y, square.x + squareX)
      product = (product.zy + n * z * y, product.zx + z * sumX, product.yx + y * sumX)
    }
  }

  /// 0² + 1² + … + n², 0 for n = −1.
  private static func squares(_ n: Int) -> Int { n * (n + 1) * (2 * n + 1) / 6 }

  /// The number of voxels.
  var voxelCount: Int { count }

  /// The mean position, in voxels of the volume.
  var centroid: VoxelPoint {
    let n = Double(count)
    return VoxelPoint(
      z: Double(origin.z) + Double(sum.z) / n, y: Double(origin.y) + Double(sum.y) / n,
      x: Double(origin.x) + Double(sum.x) / n)
  }

  /// The covariance of the voxels' centers in µm², by rows in the order z, y, x.
  func covariance(_ size: VoxelSize) -> [Double] {
    let n = Double(count)
    func central(_ product: Int, _ a: Int, _ b: Int) -> Double {
      // n·Σab − Σa·Σb in 128 bits: no digits cancel, and a flat object is exactly flat.
      Double(Int128(count) * Int128(product) - Int128(a) * Int128(b)) / (n * n)
    }
    let zz = central(square.z, sum.z, sum.z) * size.z * size.z
    let yy = central(square.y, sum.y, sum.y) * size.y * size.y
    let xx = central(square.x, sum.x, sum.x) * size.x * size.x
    let zy = central(product.zy, sum.z, sum.y) * size.z * size.y
    let zx = central(product.zx, sum.z, sum.x) * size.z * size.x
    let yx = central(product.yx, sum.y, sum.x) * size.y * size.x
    return [zz, zy, zx, zy, yy, yx, zx, yx, xx]
  }
}
