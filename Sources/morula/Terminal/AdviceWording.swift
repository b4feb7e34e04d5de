import Compute
import Training

/// The library's errors and advice in the words of the command: the options that help.
enum AdviceWording {
  /// An error with its advice.
  static func text(of error: any Error) -> String {
    switch error {
    case let error as ConfigurationError:
      error.description(origin: text(of:), advising: text(of:))
    case let error as any AdvisedError: error.description(advising: text(of:))
    default: "\(error)"
    }
  }

  /// What the user could do.
  static func text(of advice: Advice) -> String {
    switch advice {
    case .chooseOutput: "choose another --output"
    case .checkOutput: "check --output"
    case .separateOutputs: "run them with different --output"
    case .replaceOutput: "choose another --output, or add --overwrite"
    case .resumeRun: "go on with --resume, or choose another --output"
    case .stateVoxelSize(nil, nil, nil): "give it in µm with --voxel-size x,y,z"
    case .stateVoxelSize(let x, let y, let z):
      "give all three in µm with --voxel-size "
        + [(x, "X"), (y, "Y"), (z, "Z")].map { $0.map { "\($0)" } ?? $1 }.joined(separator: ",")
    case .stateVoxelSizeForAll: "give --voxel-size x,y,z for all"
    case .stateVoxelSizeOrUseRaw:
      "give it in µm with --voxel-size x,y,z, or use the values and the grid as they are with --raw"
    case .chooseChannel(let count): "choose one with --channel 1…\(count)"
    case .omitChannel(let channel): "leave out --channel \(channel)"
    case .raiseVoxelLimit: "crop the image, or raise the limit with --max-pixels"
    case .trust(let voxels): "if you trust it, say so with --max-pixels \(voxels)"
    case .compareOnlyPredicted: "compare only the volumes that are predicted with --only-predicted"
    case .checkTruth: "check --truth"
    case .allowMemory: "raise --max-memory, or use a smaller network"
    case .avoidTiles: "raise --max-memory, leave out --tile, or give --batch-norm running"
    case .useFewerThreads: "use fewer --threads"
    case .reduceSize: "give a smaller --size"
    case .useBatchStatistics: "leave out --batch-norm"
    case .setWholeSection(let key): "set it as a whole, --set \(key)={…}"
    case .either(let first, let second): "\(first), or \(text(of: second))"
    case .other(let text): text
    }
  }

  /// Where a value of a configuration was written.
  private static func text(of origin: ConfigurationOrigin) -> String {
    if case .override(let text) = origin { "--set \(text)" } else { "\(origin)" }
  }
}
