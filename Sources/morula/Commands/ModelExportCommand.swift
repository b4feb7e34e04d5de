import ArgumentParser
import Exchange
import Foundation
import Segmentation

extension ModelCommand {
  /// `morula model export`
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a model for other programs.",
      discussion: """
        Formats:
          safetensors  Morula's own format, without the state of a training
          onnx         for ONNX Runtime, OpenVINO and others; any batch and volume size
          pytorch      a state dict for docs/examples/state_dict.py
          bioimageio   a package for the BioImage Model Zoo: ONNX weights, test tensors, documentation

        Examples:
          morula model export nsn --format onnx --output nsn.onnx
          morula model export run/best.safetensors --format bioimageio --output nsn.zip --author "J. Doe"
        """)

    @Argument(help: "A weights file, a checkpoint, or a name that `morula model list` prints.")
    var model: String

    @Option(
      help: ArgumentHelp(
        "safetensors, onnx, pytorch or bioimageio.", valueName: "format"))
    var format: ModelExport.Format

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String

    @Option(
      help: ArgumentHelp(
        "An author of the model, for bioimageio; may be repeated (default: Morula).",
        valueName: "name"))
    var author: [String] = []

    @Option(
      help: ArgumentHelp(
        "The weights' license for bioimageio, as SPDX abbreviates it (default: MIT).",
        valueName: "id"))
    var license: String?

    @Option(
      help: ArgumentHelp(
        "A description of the model in one sentence, for bioimageio.", valueName: "text"))
    var about: String?

    func validate() throws {
      guard format == .bioimageio || (author.isEmpty && license == nil && about == nil) else {
        throw ValidationError("--author, --license and --about belong to --format bioimageio")
      }
    }

    func run() throws {
      try reportingFailures {
        var export = ModelExport(try Model(contentsOf: ModelLibrary().path(of: model)))
        if !author.isEmpty { export.authors = author }
        if let license { export.license = license }
        if let about { export.about = about }
        try export.write(format, to: output)
      }
    }
  }
}

extension ModelExport.Format: ExpressibleByArgument {}
