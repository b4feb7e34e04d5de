/// A series of volumes of any format whose samples are read as they are stored.
public protocol ImageSource: Sendable {
  /// The file or folder.
  var path: String { get }
  /// Time points.
  var frames: Int { get }
  /// Channels.
  var channels: Int { get }
  /// The extents of one frame and channel.
  var extent: Extent { get }
  /// What a sample of ``samples(channel:frame:)`` is; never a packed type.
  var type: SampleType { get }
  /// The physical scale, as far as it is stated.
  var calibration: Calibration { get }
  /// The samples of one frame and channel, both counted from 0.
  func samples(channel: Int, frame: Int) throws -> SampleVolume
}

extension TIFFStack: ImageSource {
  /// Time points.
  public var frames: Int { info.frames }
  /// Channels.
  public var channels: Int { info.channels }
  /// The extents of one frame and channel.
  public var extent: Extent { info.extent }
  /// What a sample is once it is unpacked.
  public var type: SampleType { info.sampleType.unpacked }
  /// The physical scale, as far as it is stated.
  public var calibration: Calibration { info.calibration }
  /// As ``readSamples(channel:frame:)``.
  public func samples(channel: Int, frame: Int) throws -> SampleVolume {
    try readSamples(channel: channel, frame: frame)
  }
}

extension ZarrImage: ImageSource {
  /// What a sample is.
  public var type: SampleType { sampleType }
  /// As ``readSamples(channel:frame:)``.
  public func samples(channel: Int, frame: Int) throws -> SampleVolume {
    try readSamples(channel: channel, frame: frame)
  }
}
