/// The edge lengths of a voxel in µm.
public struct VoxelSize: Hashable, Sendable, Codable, CustomStringConvertible, AxisValues {
  /// Column spacing in µm.
  public var x: Double
  /// Row spacing in µm.
  public var y: Double
  /// Plane spacing in µm.
  public var z: Double

  /// A voxel of these edge lengths, in µm.
  public init(x: Double, y: Double, z: Double) {
    self.x = x
    self.y = y
    self.z = z
  }

  /// A cube with this edge, in µm.
  public init(isotropic edge: Double) {
    self.init(x: edge, y: edge, z: edge)
  }

  /// The shortest edge, in µm.
  public var finest: Double { min(x, y, z) }
  /// Whether every edge is a positive, finite length.
  public var isValid: Bool { [x, y, z].allSatisfy { $0 > 0 && $0.isFinite } }
  /// As `0.8 × 0.8 × 1.75 µm (x, y, z)`.
  public var description: String { "\(x) × \(y) × \(z) µm (x, y, z)" }
}
