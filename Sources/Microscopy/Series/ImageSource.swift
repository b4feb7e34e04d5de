/// An image of any format that has been opened and understood: the volumes of its frames and
/// channels are read one at a time.
package protocol ImageSource: Sendable {
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
  /// What the user should know about how the image was understood, one line each.
  var notes: [String] { get }
  /// What is stated about each channel.
  var channelDescriptions: [ImageChannel] { get }
  /// Whether the image says that it holds labels.
  var areLabels: Bool { get }
  /// The files and folders that are read.
  var files: [String] { get }
  /// The samples of one frame and channel, both counted from 0, as they are stored.
  func samples(channel: Int, frame: Int) throws -> SampleVolume
  /// The volume of one frame and channel, both counted from 0, as float32.
  func volume(channel: Int, frame: Int) throws -> Volume<Float>
  /// The labels of one frame and channel, both counted from 0; 0 is background.
  ///
  /// Throws where a value is negative, fractional or beyond 2³² − 1.
  func labels(channel: Int, frame: Int) throws -> LabelVolume
  /// Some planes of one frame and channel, both counted from 0, as float32.
  func planes(_ range: Range<Int>, channel: Int, frame: Int) throws -> Volume<Float>
}

extension ImageSource {
  /// Nothing.
  package var notes: [String] { [] }
  package var channelDescriptions: [ImageChannel] {
    [ImageChannel](repeating: ImageChannel(), count: channels)
  }
  package var areLabels: Bool { false }
  package var files: [String] { [path] }
  /// Cut from the whole volume.
  package func planes(_ range: Range<Int>, channel: Int, frame: Int) throws -> Volume<Float> {
    try volume(channel: channel, frame: frame).planes(range)
  }
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
  /// What the user should know about how the metadata were read.
  public var notes: [String] { info.notes }
  /// What the file states about each channel.
  public var channelDescriptions: [ImageChannel] {
    let channels = description.channels
    return channels.count == info.channels
      ? channels : [ImageChannel](repeating: ImageChannel(), count: info.channels)
  }
  /// Whether the file says that it holds labels.
  package var areLabels: Bool { description.areLabels }
  /// As ``readSamples(channel:frame:)``.
  package func samples(channel: Int, frame: Int) throws -> SampleVolume {
    try readSamples(channel: channel, frame: frame)
  }
  /// As ``readVolume(channel:frame:)``.
  public func volume(channel: Int, frame: Int) throws -> Volume<Float> {
    try readVolume(channel: channel, frame: frame)
  }
  /// As ``readLabels(channel:frame:)``.
  public func labels(channel: Int, frame: Int) throws -> LabelVolume {
    try readLabels(channel: channel, frame: frame)
  }
  /// As ``readPlanes(_:channel:frame:)``.
  package func planes(_ range: Range<Int>, channel: Int, frame: Int) throws -> Volume<Float> {
    try readPlanes(range, channel: channel, frame: frame)
  }
}

extension ZarrImage: ImageSource {
  /// What a sample is.
  package var type: SampleType { sampleType }
  /// As ``readSamples(channel:frame:)``.
  package func samples(channel: Int, frame: Int) throws -> SampleVolume {
    try readSamples(channel: channel, frame: frame)
  }
  /// The volume of one frame and channel, both counted from 0; integers beyond 2²⁴ and 64-bit
  /// floats are rounded to the nearest float32.
  package func volume(channel: Int, frame: Int) throws -> Volume<Float> {
    try planes(0..<extent.depth, channel: channel, frame: frame)
  }

  /// Some planes of one frame and channel, as of ``volume(channel:frame:)``.
  package func planes(_ range: Range<Int>, channel: Int, frame: Int) throws -> Volume<Float> {
    let samples = try readSamples(channel: channel, frame: frame, planes: range)
    do throws(SampleRangeError) {
      return try samples.finiteFloats()
    } catch {
      throw InputError(
        path, "expected \(SampleRangeError.floats), found \(error.number); scale the intensities")
    }
  }

  /// The labels of one frame and channel, both counted from 0: whole numbers from 0.
  package func labels(channel: Int, frame: Int) throws -> LabelVolume {
    let samples = try readSamples(channel: channel, frame: frame)
    do throws(SampleRangeError) {
      return try samples.labels()
    } catch {
      throw InputError(
        path, "expected \(SampleRangeError.labels), found \(error.number); name a label image")
    }
  }
}
