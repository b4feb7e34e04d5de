import Microscopy

/// Reads volumes from TIFF stacks of any type that libtiff can decode.
public struct TIFFVolumeLoader: VolumeLoader {
  /// The channel of files that have several, counted from 0.
  public let channel: Int?

  /// A loader; without a channel, files with several are refused.
  public init(channel: Int? = nil) { self.channel = channel }

  /// The whole volume as float32; throws ``TIFFError``, also where the file is a time-series.
  public func volume(at path: String) throws -> Volume<Float> {
    let stack = try TIFFStack(opening: path)
    let channels = stack.info.channels
    guard channels > 1 else { return try TIFF.readVolume(at: path) }
    guard let channel, channel < channels else {
      throw DataError(
        path, "has \(channels) channels; set data.channel to one of 0…\(channels - 1)")
    }
    return try TIFF.readVolume(at: path, channel: channel)
  }

  /// Extent and voxel size from the first page.
  public func header(at path: String) throws -> VolumeHeader {
    let info = try TIFF.info(at: path)
    return VolumeHeader(extent: info.extent, voxelSize: info.calibration.voxelSize)
  }
}
