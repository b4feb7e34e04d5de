/// What a file is told about the series that it will hold, whatever its format.
package struct SeriesDescription: Sendable, Hashable {
  /// The name of the image.
  package var name: String
  /// Time points.
  package var frames: Int
  /// Channels.
  package var channels: Int
  /// The extents of one frame and channel.
  package var extent: Extent
  /// What a sample is.
  package var type: SampleType
  /// The physical scale; what is nil is left out.
  package var calibration: Calibration

  /// What is known about each channel.
  package var channelDescriptions: [ImageChannel]
  /// Whether the samples are labels.
  package var areLabels: Bool

  /// The types that a series is written as, in OME-TIFF and OME-Zarr alike; others are converted
  /// before.
  package static let types: [SampleType] = [
    .uint8, .int8, .uint16, .int16, .uint32, .int32, .float32, .float64,
  ]

  /// A description of a series.
  package init(
    name: String, frames: Int, channels: Int, extent: Extent, type: SampleType,
    calibration: Calibration, channelDescriptions: [ImageChannel] = [], areLabels: Bool = false
  ) {
    self.name = name
    self.frames = frames
    self.channels = channels
    self.extent = extent
    self.type = type
    self.calibration = calibration
    self.areLabels = areLabels
    // One for each channel, whatever is known.
    self.channelDescriptions = (0..<channels).map {
      $0 < channelDescriptions.count ? channelDescriptions[$0] : ImageChannel()
    }
  }
}

extension SeriesDescription {
  /// Whether a name or a color of a channel is known.
  var hasKnownChannels: Bool { channelDescriptions.contains { !$0.isUnknown } }
}
