import Compute

/// The principal axes of an object: the eigenvectors of the covariance of its voxels' centers, with
/// the lengths of the ellipsoid that has the same second moments.
///
/// A solid ellipsoid of full length L along an axis has variance L²/20 along it, so L = √(20 λ).
/// For the longest and the shortest axis these are scikit-image's `axis_major_length` and
/// `axis_minor_length` in 3D. Voxels count as points: a single voxel has length 0.
public struct PrincipalAxes: Hashable, Sendable {
  /// A direction: a unit vector in µm, [z, y, x].
  public struct Direction: Hashable, Sendable {
    /// Along the optical axis.
    public let z: Double
    /// Along the columns of a plane.
    public let y: Double
    /// Along the rows of a plane.
    public let x: Double

    /// The component of largest magnitude is made positive (of equal ones the first of z, y, x),
    /// which fixes the sign that an axis leaves open.
    init(_ vector: [Double]) {
      let largest = vector.reduce(0) { max($0, abs($1)) }
      let leading = vector.first { abs($0) > largest * (1 - 1e-9) } ?? 1
      let sign: Double = leading < 0 ? -1 : 1
      // Adding 0 turns −0 into 0.
      (z, y, x) = (sign * vector[0] + 0, sign * vector[1] + 0, sign * vector[2] + 0)
    }
  }

  /// The length of the longest axis in µm.
  public let majorLength: Double
  /// The length of the middle axis in µm.
  public let middleLength: Double
  /// The length of the shortest axis in µm.
  public let minorLength: Double
  /// The direction of the longest axis.
  public let major: Direction
  /// The direction of the middle axis.
  public let middle: Direction
  /// The direction of the shortest axis.
  public let minor: Direction

  /// The axes of a covariance matrix in µm², by rows in the order z, y, x.
  init(covariance: [Double]) {
    let (values, vectors) = LAPACK.symmetricEigen(covariance, order: 3)
    // Rounding may leave the variance across a flat object a little below 0.
    let lengths = values.map { (20 * max(0, $0)).squareRoot() }
    (minorLength, middleLength, majorLength) = (lengths[0], lengths[1], lengths[2])
    minor = Direction(vectors[0])
    middle = Direction(vectors[1])
    major = Direction(vectors[2])
  }
}
