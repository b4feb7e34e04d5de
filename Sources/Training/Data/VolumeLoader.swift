import Microscopy

/// What reads a volume from a file.
public protocol VolumeLoader: Sendable {
  /// The whole volume; throws an error whose description names the file.
  ///
  /// `channel`, counted from 0, chooses one of a file that has several; files with one have no choice.
  func volume(at path: String, channel: Int?) throws -> Volume<Float>
  /// Extent, voxel size and channels without the voxels.
  func header(at path: String) throws -> VolumeHeader
}

/// What a file says about its volume.
public struct VolumeHeader: Sendable, Hashable {
  /// The extents.
  public let extent: Extent
  /// The voxel size, nil where the file does not tell.
  public let voxelSize: VoxelSize?
  /// The number of channels.
  public let channels: Int

  /// A header.
  public init(extent: Extent, voxelSize: VoxelSize?, channels: Int = 1) {
    self.extent = extent
    self.voxelSize = voxelSize
    self.channels = channels
  }
}

extension VolumeLoader {
  /// Reads the whole volume.
  public func header(at path: String) throws -> VolumeHeader {
    let volume = try volume(at: path, channel: nil)
    return VolumeHeader(extent: volume.extent, voxelSize: volume.voxelSize)
  }
}
