import ArgumentParser
import Compute
import Foundation
import Microscopy
import Networks
import Segmentation
import Tensors

/// `morula predict`
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the probabilities that one network predicts, as float32 TIFFs.",
    usage: "morula predict <inputs> ... --model <model> --output <folder> [<options>]",
    discussion: """
      Each volume gives a TIFF of its name in the folder --output, with its size and voxel size; open \
      it in Fiji or napari. The volume is scaled and resampled as in the training of the model.

      Examples:
        morula predict Emb11_t001.tif --model runs/nsn/best.safetensors \\
          --voxel-size 0.8,0.8,1.75 --output out
        morula predict images/ --model nsn --output probabilities \\
          --max-memory 4G
        morula predict scaled.tif --model nsn.safetensors --raw --output out
      """)

  /// The network, and what is written.
  struct Files: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "A weights file, or a name that `morula model list` prints.", valueName: "model"))
    var model: String

    @Option(help: ArgumentHelp("The folder for the results.", valueName: "folder"))
    var output: String

    @Option(
      help: ArgumentHelp(
        "The memory that the process may take, for example 4G (default: 80 % of what the system leaves); larger volumes are computed in tiles, with the same result.",
        valueName: "bytes"))
    var maxMemory: ByteCount?
  }

  /// How volumes are read.
  struct Images: ParsableArguments {
    @Option(
      help: ArgumentHelp("The voxel size in µm; overrides that of the files.", valueName: "x,y,z"))
    var voxelSize: VoxelSize?

    @Option(
      help: ArgumentHelp(
        "The channel to read if there are several: its number, counted from 1, or its name.",
        valueName: "channel"))
    var channel: ChannelChoice?

    func validate() throws {
      try ChannelChoice.check(channel)
    }
  }

  /// What few users need.
  struct Details: ParsableArguments {
    @Flag(help: "Feed the values to the network as they are: no scaling, no resampling.")
    var raw = false

    @Option(
      help: ArgumentHelp(
        "Compute volumes in cubic tiles of this edge, on the network's grid; they overlap by the network's reach, so the result is the same.",
        valueName: "voxels"))
    var tile: Int?

    @Option(
      help: ArgumentHelp(
        "Statistics of batch normalization (default: as the weights say).", valueName: "kind"))
    var batchNorm: InferenceStatistics?

    @OptionGroup var common: ExpertOptions

    func validate() throws {
      if let tile, tile < 1 { throw ValidationError("--tile is at least 1 voxel") }
    }
  }

  @Argument(help: "3D TIFFs, OME-Zarr images, or folders of them.")
  var inputs: [String]

  @OptionGroup(title: "Model and results") var files: Files
  @OptionGroup(title: "Images") var images: Images
  @OptionGroup(title: "Expert") var details: Details
  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    if details.tile != nil, files.maxMemory != nil {
      throw ValidationError("--tile and --max-memory contradict each other; give one")
    }
    if details.batchNorm == .batch, details.tile != nil || files.maxMemory != nil {
      throw ValidationError(
        "--batch-norm batch needs the statistics of whole volumes; drop --tile and --max-memory")
    }
  }

  func run() throws {
    compute.apply()
    details.common.apply()
    try reportingFailures {
      try ModelLibrary.check()
      var loaded = try ModelLibrary().model(files.model)
      if let batchNorm = details.batchNorm { loaded.network.inferenceStatistics = batchNorm }
      var predictor = try Predictor(loaded)
      predictor.isRaw = details.raw
      predictor.tile = details.tile.map { Extent(depth: $0, height: $0, width: $0) }
      try predict(VolumeFiles.list(inputs), with: predictor)
    }
  }

  private func predict(_ volumes: [VolumeFiles.File], with predictor: Predictor) throws {
    try VolumeFiles.prepare(folder: files.output, besides: volumes)
    var line = ProgressLine()
    var workspace = Workspace()
    var failures = 0
    let limit = files.maxMemory.map { MemoryLimit(chosen: $0.bytes) } ?? MemoryLimit.ofSystem()
    let clock = RemainingTime()
    for (index, file) in volumes.enumerated() {
      do {
        for note in try ImageFile.open(file.path).notes {
          line.print("note: \(file.path): \(note)")
        }
        let limited = try limit.map { try self.limited(predictor, to: $0, for: file.path) }
        var image = try ImageFile.readVolume(at: file.path, channel: images.channel)
        if let voxelSize = images.voxelSize { image.voxelSize = voxelSize }
        if image.voxelSize == nil {
          let calibration = try ImageFile.open(file.path).calibration
          if !details.raw, let stated = calibration.impossibleScale {
            throw InputError(file.path, stated, advice: .stateVoxelSizeOrUseRaw)
          }
          for doubt in calibration.doubts {
            line.print("note: \(file.path): \(doubt)")
          }
        }
        let probability = try (limited ?? predictor).probability(
          of: image, name: file.path, workspace: &workspace)
        try TIFF.write(probability, to: files.output + "/" + file.stem + ".tif")
      } catch {
        // One bad file does not stop the others; the exit code tells.
        failures += 1
        line.print(errorLine(error))
      }
      let (done, total) = (index + 1, volumes.count)
      line.show(
        "\(ProgressLine.bar(done, of: total)) \(done)/\(total) \(file.stem)  "
          + clock.left(done, of: total), always: done == total)
    }
    line.print(
      "\(volumes.count - failures) of \(volumes.count.counted("volume")) written to "
        + files.output)
    if let status = ExitStatus(failures: failures, of: volumes.count) { throw status.exitCode }
  }

  /// The predictor for a file within the memory.
  private func limited(
    _ predictor: Predictor, to limit: MemoryLimit, for path: String
  ) throws -> Predictor {
    let file = try ImageFile.open(path)
    return try predictor.limited(
      to: limit, extent: file.extent,
      voxelSize: images.voxelSize ?? file.calibration.voxelSize, name: path)
  }
}
