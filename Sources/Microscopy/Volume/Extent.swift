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
}

extension Extent: AxisValues {
  /// Planes, the same as ``depth``.
  @inlinable
  public var z: Int {
    get { depth }
    set { depth = newValue }
  }
  /// Rows, the same as ``height``.
  @inlinable
  public var y: Int {
    get { height }
    set { height = newValue }
  }
  /// Columns, the same as ``width``.
  @inlinable
  public var x: Int {
    get { width }
    set { width = newValue }
  }
}
