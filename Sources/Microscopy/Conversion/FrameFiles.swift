import Compute

/// Images of one frame each that make a series: those of the Cell Tracking Challenge, say.
public struct FrameFiles: ImageSource {
  /// The first file.
  public let path: String
  /// What the series is called, as ``ImageSeries`` calls it.
  public let name: String
  /// The time numbers of the files' names, which increase; 1 where there is none.
  public let times: [Int]
  /// The extents of one frame and channel.
  public let extent: Extent
  /// What a sample is once it is unpacked.
  public let type: SampleType
  /// The scale that the files state, and seconds from file to file where their times are even.
  public let calibration: Calibration
  /// Channels.
  public var channels: Int { stacks[0].channels }
  /// Time points.
  public var frames: Int { stacks.count }

  private let stacks: [any ImageSource]

  /// The series of these files and folders: each file of several frames is its own, the others belong
  /// together where their names differ in the time alone.
  ///
  /// - Throws: ``InputError`` or ``TIFFError`` where a file cannot be read or differs from the others
  ///   of its series in extents, channels, type or voxel size.
  public static func sources(
    _ inputs: [String], limits: ImageLimits = .current
  ) throws -> [(name: String, source: any ImageSource)] {
    let files = try VolumeFiles.list(inputs)
    var sources: [(name: String, source: any ImageSource)] = []
    var singles: [(file: VolumeFiles.File, stack: any ImageSource)] = []
    for file in files {
      let stack = try ImageFile.open(file.path, limits: limits)
      if stack.frames > 1 {
        sources.append((file.stem, stack))
      } else {
        singles.append((file, stack))
      }
    }
    var groups: [SeriesName.Key: [(time: Int, stack: any ImageSource)]] = [:]
    for (single, name) in zip(singles, SeriesName.names(of: singles.map(\.file))) {
      groups[name.key, default: []].append((name.time ?? 1, single.stack))
    }
    for (key, members) in groups {
      let series = try FrameFiles(name: key.name, members)
      sources.append((key.name, series))
    }
    // The order of the dictionary ends here.
    return sources.sorted { NaturalOrder.precedes($0.source.path, $1.source.path) }
  }

  private init(name: String, _ members: [(time: Int, stack: any ImageSource)]) throws {
    let members = members.sorted {
      $0.time == $1.time
        ? NaturalOrder.precedes($0.stack.path, $1.stack.path) : $0.time < $1.time
    }
    let first = members[0].stack
    for ((time, stack), next) in zip(members, members.dropFirst()) where time == next.time {
      throw InputError(
        next.stack.path, "is time \(time) as \(stack.path) is; give each time point once")
    }
    for (_, stack) in members.dropFirst() { try Self.check(stack, like: first) }
    self.name = name
    path = first.path
    times = members.map(\.time)
    extent = first.extent
    type = first.type
    stacks = members.map(\.stack)
    // A file states seconds from one time number to the next; where numbers are left out it is longer.
    let steps = Set(zip(times.dropFirst(), times).map { $0 - $1 })
    let step = steps.count > 1 ? nil : steps.first ?? 1
    var calibration = first.calibration
    calibration.frameInterval = step.flatMap { step in
      first.calibration.frameInterval.map { $0 * Double(step) }
    }
    self.calibration = calibration
  }

  private static func check(_ stack: any ImageSource, like first: any ImageSource) throws {
    func text(_ stack: any ImageSource) -> String {
      "\(stack.extent) voxels (z, y, x) of \(stack.type), "
        + stack.channels.counted("channel")
    }
    guard text(stack) == text(first) else {
      throw InputError(
        stack.path, "has \(text(stack)) where \(first.path) has \(text(first)); convert them apart")
    }
    let sizes = (stack.calibration.voxelSize, first.calibration.voxelSize)
    guard let size = sizes.0, let usual = sizes.1 else { return }
    guard size.isClose(to: usual) else {
      throw InputError(
        stack.path,
        "has voxels of \(size) where \(first.path) has \(usual)",
        advice: .either("convert them apart", .stateVoxelSizeForAll))
    }
  }

  /// The samples of one frame and channel, both counted from 0, as they are stored.
  public func samples(channel: Int, frame: Int) throws -> SampleVolume {
    try stacks[frame].samples(channel: channel, frame: 0)
  }

  /// The volume of one frame and channel, both counted from 0, as float32.
  public func volume(channel: Int, frame: Int) throws -> Volume<Float> {
    try stacks[frame].volume(channel: channel, frame: 0)
  }

  /// The labels of one frame and channel, both counted from 0.
  public func labels(channel: Int, frame: Int) throws -> LabelVolume {
    try stacks[frame].labels(channel: channel, frame: 0)
  }
}
