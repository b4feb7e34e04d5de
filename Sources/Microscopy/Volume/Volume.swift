/// A 3D image: voxels in z, y, x order with x fastest, and the voxel size where it is known.
public struct Volume<Voxel: Sendable>: Sendable {
  /// The extents.
  public let extent: Extent
  /// The edge lengths of a voxel in µm, nil if unknown.
  public var voxelSize: VoxelSize?
  /// The voxels, x fastest.
  public var voxels: [Voxel]

  /// A volume of these voxels, which fill the extent exactly.
  @inlinable
  public init(_ voxels: [Voxel], extent: Extent, voxelSize: VoxelSize? = nil) {
    precondition(voxels.count == extent.count, "\(voxels.count) voxels do not fill \(extent)")
    self.voxels = voxels
    self.extent = extent
    self.voxelSize = voxelSize
  }

  /// A volume of one value.
  @inlinable
  public init(repeating value: Voxel, extent: Extent, voxelSize: VoxelSize? = nil) {
    self.init(
      Array(repeating: value, count: extent.count), extent: extent, voxelSize: voxelSize)
  }

  /// The voxel in plane `z`, row `y`, column `x`.
  @inlinable
  public subscript(z: Int, y: Int, x: Int) -> Voxel {
    get { voxels[(z * extent.height + y) * extent.width + x] }
    set { voxels[(z * extent.height + y) * extent.width + x] = newValue }
  }

  /// The volume with every voxel replaced.
  @inlinable
  public func map<Other>(_ transform: (Voxel) -> Other) -> Volume<Other> {
    Volume<Other>(voxels.map(transform), extent: extent, voxelSize: voxelSize)
  }
}

extension Volume: Equatable where Voxel: Equatable {}
