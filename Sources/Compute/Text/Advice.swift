/// What a user could do about an error.
///
/// The library knows no options of a command: ``description`` is in its own words, and a program
/// that has options words the cases itself; see ``AdvisedError``.
public enum Advice: Hashable, Sendable {
  /// The output cannot be made, or would replace something: choose another.
  case chooseOutput
  /// The output does not hold what was expected there.
  case checkOutput
  /// Several inputs would give the same result.
  case separateOutputs
  /// The output exists already; it may be replaced if the user says so.
  case replaceOutput
  /// The output holds a run that can be continued.
  case resumeRun
  /// The file does not state its voxel size in µm; the edges that it states, nil for the others.
  case stateVoxelSize(x: Double? = nil, y: Double? = nil, z: Double? = nil)
  /// Files state different voxel sizes.
  case stateVoxelSizeForAll
  /// The network needs a voxel size, unless values and grid are used as they are.
  case stateVoxelSizeOrUseRaw
  /// The file has this many channels, of which one is needed.
  case chooseChannel(count: Int)
  /// The file has a single channel, but this one was chosen, a number counted from 1 or a name.
  case omitChannel(String)
  /// The volume exceeds the limit of voxels.
  case raiseVoxelLimit
  /// The file expands suspiciously: it may be read if the user trusts it with this many voxels.
  case trust(voxels: Int)
  /// The prediction lacks volumes of the ground truth: they may be left out.
  case compareOnlyPredicted
  /// The images and the ground truth do not belong together.
  case checkTruth
  /// The computation needs more memory than is allowed.
  case allowMemory
  /// The network needs whole volumes, which do not fit the memory or the tiles.
  case avoidTiles
  /// The computation needs more memory than there is.
  case reduceSize
  /// Each thread needs memory of its own.
  case useFewerThreads
  /// The weights have no running statistics.
  case useBatchStatistics
  /// The value has no keys: the section at this key must be set as a whole.
  case setWholeSection(key: String)
  /// Something else that would help, or the advice.
  indirect case either(String, Advice)
  /// Advice that no setting is part of.
  case other(String)
}

extension Advice: CustomStringConvertible {
  /// The advice in the library's words.
  public var description: String {
    switch self {
    case .chooseOutput: "choose another output"
    case .checkOutput: "check the output"
    case .separateOutputs: "give them different outputs"
    case .replaceOutput: "choose another output, or allow it to be replaced"
    case .resumeRun: "resume it, or choose another output"
    case .stateVoxelSize(nil, nil, nil): "give it in µm"
    case .stateVoxelSize: "give all three edges in µm"
    case .stateVoxelSizeForAll: "give one voxel size for all"
    case .stateVoxelSizeOrUseRaw:
      "give it in µm, or use the values and the grid as they are"
    case .chooseChannel(let count): "choose one of its channels 1…\(count)"
    case .omitChannel: "choose no channel"
    case .raiseVoxelLimit: "crop the image, or raise the limit of voxels"
    case .trust(let voxels): "if you trust it, raise the limit of voxels to \(voxels)"
    case .compareOnlyPredicted: "compare only the volumes that are predicted"
    case .checkTruth: "check the ground truth"
    case .allowMemory: "allow more memory, or use a smaller network"
    case .avoidTiles: "allow more memory, set no tile, or use the running statistics"
    case .useFewerThreads: "use fewer threads"
    case .reduceSize: "choose a smaller size"
    case .useBatchStatistics: "use the statistics of each volume"
    case .setWholeSection(let key): "set it as a whole, \(key)={…}"
    case .either(let first, let second): "\(first), or \(second)"
    case .other(let text): text
    }
  }
}

extension Advice: ExpressibleByStringInterpolation {
  /// Advice that no setting is part of.
  public init(stringLiteral text: String) { self = .other(text.onOneLine()) }
}
