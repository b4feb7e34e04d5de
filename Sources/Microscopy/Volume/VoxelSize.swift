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
  /// The edges that a voxel may have, in µm: 1 nm to 1 mm.
  ///
  /// Microscopes of all kinds lie within, from single molecules to cleared organs. What lies
  /// outside is a damaged file, or another unit that was taken as µm.
  public static let plausibleEdges = 0.001...1000.0
  /// How often the shortest edge may go into the longest.
  public static let largestAnisotropy = 1000.0

  /// Whether every edge is among ``plausibleEdges`` and none exceeds another by more than
  /// ``largestAnisotropy``.
  public var isValid: Bool {
    [x, y, z].allSatisfy(Self.plausibleEdges.contains)
      && max(x, y, z) <= Self.largestAnisotropy * finest
  }

  /// What ``isValid`` asks for, in words.
  package static let plausibility =
    "expected edges of 0.001 to 1000 µm, of which none is more than 1000 times another"
  /// As `0.8 × 0.8 × 1.75 µm (x, y, z)`.
  public var description: String { "\(x) × \(y) × \(z) µm (x, y, z)" }
}
