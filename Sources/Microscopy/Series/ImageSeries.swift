/// The volumes of one specimen in order of time, read one at a time from files of any arrangement.
///
/// ```swift
/// for series in try ImageSeries.open(["images/"]) {
///   for frame in series.frames {
///     let volume = try frame.read()  // [z, y, x], with its voxel size
///   }
/// }
/// ```
public struct ImageSeries: Sendable {
  /// What the caller chooses or knows better than the files.
  public struct Options: Sendable, Hashable {
    /// The channel to read; nil where files have but one.
    public var channel: ChannelChoice?
    /// The voxel size in µm; overrides the files'.
    public var voxelSize: VoxelSize?
    /// Seconds from one time number to the next; overrides the files'.
    public var frameInterval: Double?
    /// Whether a frame without a voxel size is an error.
    public var requiresVoxelSize = true
    /// The paths of the only images that are opened of those that the inputs name; nil for all.
    package var images: Set<String>?

    /// The files decide; a voxel size must be known.
    public init() {}
  }

  /// What the series is called: `Emb01` for `Emb01_t001.tif`, the file's name for one of several
  /// frames. Unique among the series that were opened together.
  public let name: String
  /// The frames by their time numbers, which increase.
  public let frames: [SeriesFrame]
  /// Seconds from one time number to the next, nil if unknown.
  public let frameInterval: Double?
  /// Warnings of one line each, for example that frames differ in extents.
  public let warnings: [String]

  /// The voxel size of the series in µm: the caller's, or that of most frames; nil where unknown.
  public let voxelSize: VoxelSize?

  /// The step from one time number to the next where it is always the same, 1 for a single frame;
  /// nil where frames are missing in between.
  public var timeStep: Int? { Self.timeStep(of: frames.map(\.time)) }

  /// The step between these times where it is always the same, 1 for a single one; else nil.
  static func timeStep(of times: [Int]) -> Int? {
    let steps = Set(zip(times.dropFirst(), times).map { $0 - $1 })
    return steps.count > 1 ? nil : steps.first ?? 1
  }

  /// Seconds from one frame to the next, for files that know no gaps (ImageJ's `finterval`); nil
  /// where unknown or not constant.
  public var secondsPerFrame: Double? {
    guard let frameInterval, let timeStep else { return nil }
    return frameInterval * Double(timeStep)
  }
}
