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
      it in Fiji or napari. The volume is scaled and resampled as in the training of the model. A run \
      that was stopped goes on with the same command.

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

  @OptionGroup var inputs: InputOptions

  @OptionGroup(title: "Model and results") var files: Files
  @OptionGroup(title: "Run") var job: RunOptions
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
      var options = ImageSeries.Options()
      options.channel = images.channel
      options.voxelSize = images.voxelSize
      options.requiresVoxelSize = false
      var run = PredictionRun(
        predictor, series: try ImageSeries.open(inputs.paths(), options: options),
        output: files.output)
      run.memoryLimit =
        files.maxMemory.map { MemoryLimit(chosen: $0.bytes) } ?? MemoryLimit.ofSystem()
      run.overwrites = job.overwrite
      run.shard = try job.part()
      let path = ModelLibrary().path(of: files.model)
      try execute(
        run, model: "\(loaded.description.name) \(SHA256.digest(ofFile: path).prefix(12))")
    }
  }

  private func execute(_ run: PredictionRun, model: String) throws {
    var display = try RunDisplay(job)
    for series in run.series {
      for warning in series.warnings { display.print("note: \(warning)") }
      if images.voxelSize == nil, let frame = series.frames.first {
        for doubt in frame.calibration.doubts { display.print("note: \(frame.path): \(doubt)") }
      }
    }
    Interruption.listen()
    let summary = try run.run(model: model, shouldStop: { Interruption.requested != nil }) {
      try display.show($0)
    }
    let total = Shard.count(run.shard, of: run.series.flatMap(\.frames))
    display.print(
      "\(summary.done) of \(total.counted("volume")) written to \(files.output) in "
        + "\(ProgressLine.duration(display.elapsed))\(display.rate)")
    if let signal = Interruption.requested { Interruption.end(signal) }
    if let status = ExitStatus(failures: summary.failures, of: total) { throw status.exitCode }
  }
}
