import Microscopy

/// Reads volumes from TIFF stacks of any type that libtiff can decode.
public struct TIFFLoader: VolumeLoader {
  /// The loader.
  public init() {}

  /// The whole volume as float32.
  public func volume(at path: String, channel: Int?) throws -> Volume<Float> {
    let header = try header(at: path)
    guard header.channels > 1 else { return try TIFF.readVolume(at: path) }
    return try TIFF.readVolume(at: path, channel: header.channel(channel, of: path))
  }

  /// Extent, voxel size and channels from the file's headers; throws for a time-series.
  public func header(at path: String) throws -> VolumeHeader {
    let info = try TIFF.info(at: path)
    guard info.frames == 1 else {
      throw InputError(
        path, "holds \(info.frames) time points; save each as a file of its own, with its target")
    }
    return VolumeHeader(extent: info.extent, voxelSize: info.voxelSize, channels: info.channels)
  }
}

extension VolumeHeader {
  /// The channel to read: the one chosen, or the only one.
  func channel(_ choice: Int?, of path: String) throws(InputError) -> Int {
    if channels == 1 { return 0 }
    guard let choice, choice < channels else {
      throw InputError(
        path, "has \(channels) channels; set data.channel to one of 0…\(channels - 1)")
    }
    return choice
  }
}
