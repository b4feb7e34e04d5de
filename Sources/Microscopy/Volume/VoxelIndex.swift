/// A position on the voxel grid, `[z, y, x]`, counted from 0; may lie outside the volume.
public struct VoxelIndex: Hashable, Sendable, Codable, CustomStringConvertible, AxisValues {
  /// Plane.
  public var z: Int
  /// Row.
  public var y: Int
  /// Column.
  public var x: Int

  /// Plane `z`, row `y`, column `x`.
  public init(z: Int, y: Int, x: Int) {
    self.z = z
    self.y = y
    self.x = x
  }

  /// Plane 0, row 0, column 0.
  public static let zero = VoxelIndex(z: 0, y: 0, x: 0)
  /// As `(3, 0, 12)` (z, y, x).
  public var description: String { "(\(z), \(y), \(x))" }
}

extension VoxelIndex {
  /// The squared distance between the centers of two voxels, in µm² for voxels of `size`.
  public func squaredDistance(to other: VoxelIndex, voxelSize size: VoxelSize) -> Double {
    let dz = Double(z - other.z) * size.z
    let dy = Double(y - other.y) * size.y
    let dx = Double(x - other.x) * size.x
    return dz * dz + dy * dy + dx * dx
  }
}
