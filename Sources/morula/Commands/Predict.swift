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
    abstract: "Write the foreground probability of volumes as float32 TIFFs.",
    discussion: """
      Each INPUT, a 3D TIFF, an OME-Zarr image or a folder of them, gives --output/<name>.tif on the input's grid with \
      its voxel size; open it in Fiji or napari. The volume is scaled and resampled as the model was \
      trained.

      Examples:
        morula predict --model runs/nsn/best.safetensors Emb11_t001.tif --voxel-size 0.8,0.8,1.75 --output out
        morula predict --model nsn.safetensors images/ --output probabilities --max-memory 4G
        morula predict --model nsn.safetensors scaled.tif --raw --output out
      """)

  @Option(help: ArgumentHelp("The weights file.", valueName: "file"))
  var model: String

  @Argument(help: "3D TIFF files, OME-Zarr images, or folders of them.")
  var inputs: [String]

  @Option(
    help: ArgumentHelp("The folder for the results; made where it is missing.", valueName: "folder")
  )
  var output: String

  @Option(
    help: ArgumentHelp(
      "The voxel size in µm; overrides the files'.", valueName: "x,y,z"))
  var voxelSize: VoxelSize?

  @Option(
    help: ArgumentHelp(
      "The channel of files that have several, counted from 1.", valueName: "n"))
  var channel: Int?

  @Flag(help: "Feed the values to the network as they are: no scaling, no resampling.")
  var raw = false

  @Option(
    help: ArgumentHelp(
      "Cut volumes into tiles of this edge on the network's grid (they overlap by the network's reach, so the result is the same).",
      valueName: "voxels"))
  var tile: Int?

  @Option(
    help: ArgumentHelp(
      "The memory that activations may take, 4G say; larger volumes are cut into tiles.",
      valueName: "bytes"))
  var maxMemory: ByteCount?

  @Option(
    help: ArgumentHelp(
      "Statistics of batch normalization: running (as trained) or batch (the volume's own); default: as the weights say.",
      valueName: "kind"))
  var batchNorm: InferenceStatistics?

  @OptionGroup var limits: ImageLimitOptions
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    if let channel, channel < 1 { throw ValidationError("--channel counts from 1") }
    if let tile, tile < 1 { throw ValidationError("--tile is at least 1 voxel") }
    if tile != nil, maxMemory != nil {
      throw ValidationError("--tile and --max-memory contradict each other; give one")
    }
    if batchNorm == .batch, tile != nil || maxMemory != nil {
      throw ValidationError(
        "--batch-norm batch needs the statistics of whole volumes; drop --tile and --max-memory")
    }
  }

  func run() throws {
    engine.apply()
    limits.apply()
    try reportingFailures {
      var loaded = try Model(contentsOf: model)
      if let batchNorm { loaded.network.inferenceStatistics = batchNorm }
      var predictor = try Predictor(loaded)
      predictor.isRaw = raw
      predictor.tile = tile.map { Extent(depth: $0, height: $0, width: $0) }
      predictor.memoryLimit = maxMemory?.bytes
      let files = try VolumeFiles.list(inputs)
      try predict(files, with: predictor)
    }
  }

  private func predict(_ files: [VolumeFiles.File], with predictor: Predictor) throws {
    try VolumeFiles.prepare(folder: output, besides: files)
    var line = ProgressLine()
    var workspace = Workspace()
    var failures = 0
    let start = ContinuousClock.now
    for (index, file) in files.enumerated() {
      do {
        var image = try ImageFile.readVolume(at: file.path, channel: channel.map { $0 - 1 })
        if let voxelSize { image.voxelSize = voxelSize }
        let probability = try predictor.probability(
          of: image, name: file.path, workspace: &workspace)
        try TIFF.write(probability, to: output + "/" + file.stem + ".tif")
      } catch {
        // One bad file does not stop the others; the exit code tells.
        failures += 1
        line.print("morula: error: \(error)")
      }
      let elapsed = start.duration(to: .now) / .seconds(1)
      let left = elapsed / Double(index + 1) * Double(files.count - index - 1)
      line.show(
        "\(ProgressLine.bar(index + 1, of: files.count)) \(index + 1)/\(files.count) "
          + "\(file.stem)  \(ProgressLine.duration(left)) left",
        always: index + 1 == files.count)
    }
    line.print(
      "\(files.count - failures) of \(files.count) volumes written to \(output)")
    if failures > 0 { throw ExitCode.failure }
  }
}

extension VoxelSize: ExpressibleByArgument {
  /// Three positive numbers, `0.8,0.8,1.75`: x, y, z in µm.
  public init?(argument: String) {
    let fields = argument.split(separator: ",", omittingEmptySubsequences: false)
    let parts = fields.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    guard fields.count == 3, parts.count == 3 else { return nil }
    self.init(x: parts[0], y: parts[1], z: parts[2])
    guard isValid else { return nil }
  }
}

extension ByteCount: ExpressibleByArgument {
  /// An amount of memory such as `512M` or `4G`.
  public init?(argument: String) { self.init(text: argument) }
}
