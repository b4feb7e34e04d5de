/// A point in µm, for example a centroid.
public struct PhysicalPoint: Hashable, Sendable, Codable {
  /// Along z, in µm.
  public var z: Double
  /// Along y, in µm.
  public var y: Double
  /// Along x, in µm.
  public var x: Double

  /// The point (z, y, x) in µm.
  public init(z: Double, y: Double, x: Double) {
    self.z = z
    self.y = y
    self.x = x
  }

  /// The Euclidean distance in µm.
  public func distance(to other: PhysicalPoint) -> Double {
    let (dz, dy, dx) = (z - other.z, y - other.y, x - other.x)
    return (dz * dz + dy * dy + dx * dx).squareRoot()
  }
}
