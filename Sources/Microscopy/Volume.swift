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

/// The edge lengths of a voxel in µm.
public struct VoxelSize: Hashable, Sendable, Codable, CustomStringConvertible {
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

  /// As `0.8 × 0.8 × 1.75 µm (x, y, z)`.
  public var description: String { "\(x) × \(y) × \(z) µm (x, y, z)" }
}

/// A 3D image: voxels in z, y, x order with x fastest, and the voxel size where it is known.
public struct Volume<Voxel: Sendable>: Sendable {
  /// The extents.
  public let extent: Extent
  /// The edge lengths of a voxel in µm, nil where nobody said.
  public var voxelSize: VoxelSize?
  /// The voxels, x fastest.
  public var voxels: [Voxel]

  /// A volume of these voxels, which fill the extent exactly.
  public init(_ voxels: [Voxel], extent: Extent, voxelSize: VoxelSize? = nil) {
    precondition(voxels.count == extent.count, "\(voxels.count) voxels do not fill \(extent)")
    self.voxels = voxels
    self.extent = extent
    self.voxelSize = voxelSize
  }

  /// A volume of one value.
  public init(repeating value: Voxel, extent: Extent, voxelSize: VoxelSize? = nil) {
    self.init(
      Array(repeating: value, count: extent.count), extent: extent, voxelSize: voxelSize)
  }

  /// The voxel in plane `z`, row `y`, column `x`.
  public subscript(z: Int, y: Int, x: Int) -> Voxel {
    get { voxels[(z * extent.height + y) * extent.width + x] }
    set { voxels[(z * extent.height + y) * extent.width + x] = newValue }
  }

  /// The volume with every voxel replaced.
  public func map<Other>(_ transform: (Voxel) -> Other) -> Volume<Other> {
    Volume<Other>(voxels.map(transform), extent: extent, voxelSize: voxelSize)
  }
}
