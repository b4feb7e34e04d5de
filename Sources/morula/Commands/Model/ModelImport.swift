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
      abstract: "Convert another program's weights to a model.",
      usage: "morula model import <file> --output <file> [<options>]",
      discussion: """
        Reads the Chainer .npz of the original QCANet, PyTorch's .pt, .pth or .tar, and safetensors. \
        The file must hold a network like NSN, NDN or the 3D U-Net; its names do not matter. Nothing \
        in a PyTorch file is executed; what is not a tensor or a plain value is skipped.

        Examples:
          morula model import learned_nsn.npz --output nsn.safetensors \\
            --voxel-size 0.8,0.8,1.75
          morula model import checkpoint.tar --output ndn.safetensors --kind ndn \\
            --batch-norm batch
        """)

    @Argument(help: "A Chainer .npz, a PyTorch .pt, .pth or .tar, or a safetensors file.")
    var file: String

    /// What the model is.
    struct Description: ParsableArguments {
      @Option(help: ArgumentHelp("The weights file to write.", valueName: "file"))
      var output: String

      @Option(help: ArgumentHelp("A name for the model (default: the file's).", valueName: "name"))
      var name: String?

      @Option(
        help: ArgumentHelp(
          "What the network finds: nuclei (nsn, unet) or their centers (ndn) (default: by its architecture).",
          valueName: "network"))
      var kind: Model.Kind?

      @Option(
        help: ArgumentHelp(
          "The voxel size of the training volumes in µm; volumes are resampled to cubes of its smallest edge (default: of that of each file).",
          valueName: "x,y,z"))
      var voxelSize: VoxelSize?

      @Option(
        help: ArgumentHelp(
          "How intensities were scaled in training.", valueName: "rule"))
      var scaling = ImportScaling.minMax

      @Option(
        help: ArgumentHelp(
          "The probability from which a voxel is foreground.", valueName: "p"))
      var threshold = 0.5

      func validate() throws {
        if !(0...1).contains(threshold) {
          throw ValidationError("--threshold is a probability, 0 to 1")
        }
      }
    }

    /// What few users need.
    struct Details: ParsableArguments {
      @Option(
        help: ArgumentHelp(
          "Statistics of batch normalization (default: batch for Chainer; running for others that have them).",
          valueName: "kind"))
      var batchNorm: InferenceStatistics?

      @Option(
        help: ArgumentHelp(
          "Epsilon of batch normalization (default: that of the file, or 2e-5 for Chainer, 1e-5 for others).",
          valueName: "number"))
      var eps: Double?

      @Option(
        help: ArgumentHelp(
          "The order of the inputs of decoder levels.",
          valueName: "order"))
      var concatenation = ModelImport.Concatenation.upsampledFirst

      @Option(
        help: ArgumentHelp(
          "The entry of a PyTorch checkpoint that holds the state dict (default: the first).",
          valueName: "name"))
      var key: String?

      func validate() throws {
        if let eps, !(eps > 0 && eps.isFinite) { throw ValidationError("--eps is above 0") }
      }
    }

    @OptionGroup(title: "Model") var model: Description
    @OptionGroup(title: "Expert") var details: Details

    func run() throws {
      try reportingFailures {
        var rules = ModelImport()
        rules.name = model.name
        rules.kind = model.kind
        rules.voxelSize = model.voxelSize
        rules.scaling = model.scaling == .minMax ? .minMax : .none
        rules.threshold = model.threshold
        rules.statistics = details.batchNorm
        rules.epsilon = details.eps
        rules.concatenation = details.concatenation
        rules.key = details.key
        try ProtectedInputs([file]).check(model.output, as: .file)
        let imported = try rules.model(contentsOf: file)
        try imported.write(to: model.output)
        try print(ModelSummary(Model(contentsOf: model.output), path: model.output).text)
      }
    }
  }
}
