/// A position between voxels, `[z, y, x]`, in voxels; voxel (0, 0, 0) has its center at (0, 0, 0).
public struct VoxelPoint: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Along z, in planes.
  public var z: Double
  /// Along y, in rows.
  public var y: Double
  /// Along x, in columns.
  public var x: Double

  /// The position (z, y, x).
  public init(z: Double, y: Double, x: Double) {
    self.z = z
    self.y = y
    self.x = x
  }

  /// As `(3.5, 0.25, 12.0)` (z, y, x).
  public var description: String { "(\(z), \(y), \(x))" }

  /// The squared distance to another position, in µm² for voxels of `size`.
  public func squaredDistance(to other: VoxelPoint, voxelSize size: VoxelSize) -> Double {
    let (dz, dy, dx) = ((z - other.z) * size.z, (y - other.y) * size.y, (x - other.x) * size.x)
    return dz * dz + dy * dy + dx * dx
  }
}
