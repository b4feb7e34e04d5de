import ArgumentParser
import Microscopy
import Segmentation

extension ModelCommand {
  /// `morula model pack`
  struct Pack: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the model of a checkpoint without the state of its training.",
      usage: "morula model pack <file> --output <file> [<options>]",
      discussion: """
        With --blend the weights are averaged with those of another model, which should have been \
        trained further from this one, with other augmentation or on other data; the result keeps \
        much of what either is good at.

        Examples:
          morula model pack runs/nsn/last.safetensors --output nsn.safetensors --half
          morula model pack first.safetensors --blend second.safetensors \\
            --share 0.6 --output nsn.safetensors
        """)

    @Argument(help: "A checkpoint, a weights file, or a name that `morula model list` prints.")
    var file: String

    @Option(help: ArgumentHelp("The weights file to write.", valueName: "file"))
    var output: String

    @Option(
      help: ArgumentHelp("A name for the model (default: the one it has).", valueName: "name"))
    var name: String?

    @Option(
      help: ArgumentHelp(
        "The probability from which a voxel is foreground (default: the one it has).",
        valueName: "p"))
    var threshold: Double?

    @Option(
      help: ArgumentHelp(
        "Another model of the same architecture and preprocessing to blend with.",
        valueName: "file"))
    var blend: String?

    @Option(help: ArgumentHelp("The share of the weights of --blend, 0 to 1.", valueName: "share"))
    var share = 0.5

    @Flag(help: "Store the weights of convolutions in half precision: a file of half the size.")
    var half = false

    func validate() throws {
      if let threshold, !(0...1).contains(threshold) {
        throw ValidationError("--threshold is a probability, 0 to 1")
      }
      guard (0...1).contains(share) else {
        throw ValidationError("--share is a part of the whole, 0 to 1")
      }
    }

    func run() throws {
      try reportingFailures {
        let library = ModelLibrary()
        let inputs = [file] + (blend.map { [$0] } ?? [])
        try ProtectedInputs(inputs.map(library.path(of:))).check(output, as: .file)
        var model = try library.model(file)
        if let blend {
          model = try model.blended(
            with: try library.model(blend), share: share, file: blend)
        }
        if let name { model.description.name = name }
        if let threshold { model.description.threshold = threshold }
        try model.write(to: output, halvesWeights: half)
      }
    }
  }
}
