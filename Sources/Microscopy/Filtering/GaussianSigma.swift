/// The standard deviations of a Gaussian along the axes, in voxels.
public struct GaussianSigma: Hashable, Sendable, AxisValues {
  /// Along z, in planes.
  public var z: Double
  /// Along y, in rows.
  public var y: Double
  /// Along x, in columns.
  public var x: Double

  /// Standard deviations in voxels, each at least 0; 0 leaves its axis as it is.
  public init(z: Double, y: Double, x: Double) {
    precondition(
      [z, y, x].allSatisfy { $0 >= 0 && $0.isFinite },
      "a Gaussian needs standard deviations of at least 0, not \(z), \(y), \(x)")
    self.z = z
    self.y = y
    self.x = x
  }

  /// The same number of voxels along every axis.
  public static func voxels(_ sigma: Double) -> GaussianSigma {
    GaussianSigma(z: sigma, y: sigma, x: sigma)
  }

  /// The same length in µm along every axis, on voxels of `size`; at most a billion voxels, which
  /// averages any volume.
  public static func micrometers(_ sigma: Double, voxelSize size: VoxelSize) -> GaussianSigma {
    precondition(size.isValid, "a voxel of \(size) is impossible")
    func voxels(_ edge: Double) -> Double { min(sigma / edge, 1e9) }
    return GaussianSigma(z: voxels(size.z), y: voxels(size.y), x: voxels(size.x))
  }
}
