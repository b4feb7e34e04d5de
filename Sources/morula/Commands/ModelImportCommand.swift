import ArgumentParser
import Exchange
import Foundation
import Microscopy
import Networks
import Segmentation

extension ModelCommand {
  /// `morula model import`
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a model of another program's weights.",
      discussion: """
        Reads the original QCANet's Chainer .npz, PyTorch's .pt, .pth or .tar, and safetensors. The \
        file must hold a network of the family of NSN, NDN and the 3D U-Net; names do not matter. \
        Nothing in a PyTorch file is executed; what is not a tensor or a plain value is skipped.

        Examples:
          morula model import learned_nsn.npz --output nsn.safetensors --voxel-size 0.8,0.8,1.75
          morula model import checkpoint.tar --output ndn.safetensors --kind ndn --batch-norm batch
        """)

    @Argument(help: "A Chainer .npz, a PyTorch .pt, .pth or .tar, or a safetensors file.")
    var file: String

    @Option(help: ArgumentHelp("The weights file to write.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("A name for the model (default: the file's).", valueName: "name"))
    var name: String?

    @Option(
      help: ArgumentHelp(
        "What the network finds: nsn or unet (nuclei), ndn (centers); default: by its architecture.",
        valueName: "network"))
    var kind: Model.Kind?

    @Option(
      help: ArgumentHelp(
        "The voxel size of the training volumes in µm; volumes are resampled to cubes of its smallest edge (default: of each file's).",
        valueName: "x,y,z"))
    var voxelSize: VoxelSize?

    @Option(
      help: ArgumentHelp(
        "How intensities were scaled: min_max, or none (default: min_max).", valueName: "rule"))
    var scaling = ImportScaling.minMax

    @Option(
      help: ArgumentHelp(
        "Statistics of batch normalization: running or batch (default: batch for Chainer, else running where the file has them).",
        valueName: "kind"))
    var batchNorm: InferenceStatistics?

    @Option(
      help: ArgumentHelp(
        "Epsilon of batch normalization (default: the file's, else 2e-5 for Chainer, 1e-5 for others).",
        valueName: "number"))
    var eps: Double?

    @Option(
      help: ArgumentHelp(
        "The probability from which a voxel is foreground (default: 0.5).", valueName: "p"))
    var threshold = 0.5

    @Option(
      help: ArgumentHelp(
        "How decoder levels join their inputs: upsampled-first, or skip-first (default: upsampled-first).",
        valueName: "order"))
    var concatenation = ModelImport.Concatenation.upsampledFirst

    @Option(
      help: ArgumentHelp(
        "The entry of a PyTorch checkpoint that holds the state dict (default: the first).",
        valueName: "name"))
    var key: String?

    func validate() throws {
      if !(0...1).contains(threshold) {
        throw ValidationError("--threshold is a probability, 0 to 1")
      }
      if let eps, !(eps > 0 && eps.isFinite) { throw ValidationError("--eps is above 0") }
    }

    func run() throws {
      try reportingFailures {
        var rules = ModelImport()
        rules.name = name
        rules.kind = kind
        rules.statistics = batchNorm
        rules.epsilon = eps
        rules.voxelSize = voxelSize
        rules.scaling = scaling == .minMax ? .minMax : .none
        rules.threshold = threshold
        rules.concatenation = concatenation
        rules.key = key
        let model = try rules.model(contentsOf: file)
        try model.write(to: output)
        try print(ModelSummary(output).text)
      }
    }
  }
}

/// The scalings that imported models may have had.
enum ImportScaling: String, ExpressibleByArgument, CaseIterable {
  case minMax = "min_max"
  case none
}

extension ModelImport.Concatenation: ExpressibleByArgument {}
