/// The extents of a volume in voxels, `[z, y, x]`.
public struct Extent: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Planes, z.
  public var depth: Int
  /// Rows, y.
  public var height: Int
  /// Columns, x.
  public var width: Int

  /// An extent of `depth` planes of `height` rows of `width` columns.
  public init(depth: Int, height: Int, width: Int) {
    self.depth = depth
    self.height = height
    self.width = width
  }

  /// The number of voxels.
  public var count: Int { depth * height * width }
  /// As `51 × 124 × 127` (z, y, x).
  public var description: String { "\(depth) × \(height) × \(width)" }

  /// The number of voxels along an axis.
  public subscript(axis: Axis) -> Int {
    get {
      switch axis {
      case .z: depth
      case .y: height
      case .x: width
      }
    }
    set {
      switch axis {
      case .z: depth = newValue
      case .y: height = newValue
      case .x: width = newValue
      }
    }
  }
}
