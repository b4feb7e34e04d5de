import Microscopy

/// What reads a volume from a file.
public protocol VolumeLoader: Sendable {
  /// The whole volume; throws an error whose description names the file.
  func volume(at path: String) throws -> Volume<Float>
  /// Extent and voxel size without the voxels.
  func header(at path: String) throws -> VolumeHeader
}

/// What a file says about its volume.
public struct VolumeHeader: Sendable, Hashable {
  /// The extents.
  public let extent: Extent
  /// The voxel size, nil where the file does not tell.
  public let voxelSize: VoxelSize?

  /// A header.
  public init(extent: Extent, voxelSize: VoxelSize?) {
    self.extent = extent
    self.voxelSize = voxelSize
  }
}

extension VolumeLoader {
  /// Reads the whole volume.
  public func header(at path: String) throws -> VolumeHeader {
    let volume = try volume(at: path)
    return VolumeHeader(extent: volume.extent, voxelSize: volume.voxelSize)
  }
}
