/// What a file is told about the series that it will hold, whatever its format.
public struct SeriesDescription: Sendable, Hashable {
  /// The name of the image.
  public var name: String
  /// Time points.
  public var frames: Int
  /// Channels.
  public var channels: Int
  /// The extents of one frame and channel.
  public var extent: Extent
  /// What a sample is.
  public var type: SampleType
  /// The physical scale; what is nil is left out.
  public var calibration: Calibration

  /// The types that a series is written as, in OME-TIFF and OME-Zarr alike; others are converted
  /// before.
  public static let types: [SampleType] = [
    .uint8, .int8, .uint16, .int16, .uint32, .int32, .float32, .float64,
  ]

  /// A description of a series.
  public init(
    name: String, frames: Int, channels: Int, extent: Extent, type: SampleType,
    calibration: Calibration
  ) {
    self.name = name
    self.frames = frames
    self.channels = channels
    self.extent = extent
    self.type = type
    self.calibration = calibration
  }
}
