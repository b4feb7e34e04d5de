import Microscopy

/// Reads volumes from TIFF files.
public struct TIFFLoader: VolumeLoader {
  /// The loader.
  public init() {}

  /// The whole volume.
  public func volume(at path: String) throws -> Volume<Float> { try TIFF.readVolume(at: path) }

  /// Extent and voxel size from the file's headers.
  public func header(at path: String) throws -> VolumeHeader {
    let info = try TIFF.info(at: path)
    return VolumeHeader(extent: info.extent, voxelSize: info.voxelSize)
  }
}
