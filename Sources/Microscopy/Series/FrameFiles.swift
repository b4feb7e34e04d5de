import Compute

/// Images of one frame each that make a series, for example those of the Cell Tracking Challenge.
package struct FrameFiles: ImageSource {
  /// The first file.
  package let path: String
  /// What the series is called, as ``ImageSeries`` calls it.
  package let name: String
  /// The time numbers of the files' names, which increase; 1 where there is none.
  package let times: [Int]
  /// The extents of one frame and channel.
  package let extent: Extent
  /// What a sample is once it is unpacked.
  package let type: SampleType
  /// The scale that the files state, and seconds from file to file where their times are even.
  package let calibration: Calibration
  /// Channels.
  package var channels: Int { images[0].channels }
  /// Time points.
  package var frames: Int { images.count }

  /// What the user should know about the files, each note once.
  package var notes: [String] {
    var seen: Set<String> = []
    return images.flatMap(\.notes).filter { seen.insert($0).inserted }
  }
  /// What the first file states about each channel.
  package var channelDescriptions: [ImageChannel] { images[0].channelDescriptions }
  /// Whether all files say that they hold labels.
  package var areLabels: Bool { images.allSatisfy(\.areLabels) }
  /// All files.
  package var files: [String] { images.map(\.path) }

  private let images: [any ImageSource]

  /// The series of these files and folders: each file of several frames is its own, the others
  /// belong together where their names differ in the time alone.
  ///
  /// - Throws: ``InputError`` or ``TIFFError`` where a file cannot be read or differs
  ///   from the others of its series in extents, channels, type or voxel size.
  package static func sources(
    _ inputs: [String], limits: ImageLimits = .current
  ) throws -> [(name: String, source: any ImageSource)] {
    let drafts = try SeriesDraft.drafts(of: VolumeFiles.list(inputs), limits: limits)
    return try drafts.map { draft in
      let first = try draft.members[0].source.get()
      return (draft.name, first.frames > 1 ? first : try FrameFiles(draft))
    }.sorted { NaturalOrder.precedes($0.source.path, $1.source.path) }
  }

  /// The series of a draft whose members are files of one frame.
  private init(_ draft: SeriesDraft) throws {
    images = try draft.members.map { try $0.source.get() }
    let first = images[0]
    for image in images.dropFirst() { try Self.check(image, like: first) }
    name = draft.name
    path = first.path
    times = draft.members.map(\.time)
    extent = first.extent
    type = first.type
    // A file states seconds from one time number to the next; where numbers are left out it is
    // longer.
    var calibration = first.calibration
    calibration.frameInterval = ImageSeries.timeStep(of: times).flatMap { step in
      first.calibration.frameInterval.map { $0 * Double(step) }
    }
    self.calibration = calibration
  }

  private static func check(_ image: any ImageSource, like first: any ImageSource) throws {
    func text(_ image: any ImageSource) -> String {
      "\(image.extent) voxels (z, y, x) of \(image.type), " + image.channels.counted("channel")
    }
    guard text(image) == text(first) else {
      throw InputError(
        image.path, "has \(text(image)) where \(first.path) has \(text(first)); convert them apart")
    }
    let sizes = (image.calibration.voxelSize, first.calibration.voxelSize)
    guard let size = sizes.0, let usual = sizes.1 else { return }
    guard size.isClose(to: usual) else {
      throw InputError(
        image.path,
        "has voxels of \(size) where \(first.path) has \(usual)",
        advice: .either("convert them apart", .stateVoxelSizeForAll))
    }
  }

  /// The samples of one frame and channel, both counted from 0, as they are stored.
  package func samples(channel: Int, frame: Int) throws -> SampleVolume {
    try images[frame].samples(channel: channel, frame: 0)
  }

  /// The volume of one frame and channel, both counted from 0, as float32.
  package func volume(channel: Int, frame: Int) throws -> Volume<Float> {
    try images[frame].volume(channel: channel, frame: 0)
  }

  /// The labels of one frame and channel, both counted from 0.
  package func labels(channel: Int, frame: Int) throws -> LabelVolume {
    try images[frame].labels(channel: channel, frame: 0)
  }

  /// Some planes of one frame and channel, both counted from 0, as float32.
  package func planes(_ range: Range<Int>, channel: Int, frame: Int) throws -> Volume<Float> {
    try images[frame].planes(range, channel: channel, frame: 0)
  }
}
