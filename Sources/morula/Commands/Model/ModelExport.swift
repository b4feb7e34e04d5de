import ArgumentParser
import Exchange
import Foundation
import Microscopy
import Segmentation

extension ModelCommand {
  /// `morula model export`
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a model for other programs.",
      usage: "morula model export <model> --format <format> --output <file> [<options>]",
      discussion: """
        Examples:
          morula model export nsn --format onnx --output nsn.onnx
          morula model export run/best.safetensors --format bioimageio \\
            --output nsn.zip --author "J. Doe"
        """)

    @Argument(help: "A weights file, a checkpoint, or a name that `morula model list` prints.")
    var model: String

    @Option(
      help: ArgumentHelp("The format to write.", valueName: "format"))
    var format: ModelExport.Format

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String

    /// What a package of the BioImage Model Zoo says about itself.
    struct Package: ParsableArguments {
      @Option(
        help: ArgumentHelp("An author; may be repeated (default: Morula).", valueName: "name"))
      var author: [String] = []

      @Option(
        help: ArgumentHelp("The license, by its SPDX identifier (default: MIT).", valueName: "id"))
      var license: String?

      @Option(
        help: ArgumentHelp(
          "A description in one sentence (default: from the metadata).", valueName: "text"))
      var about: String?

      /// Whether an option is given.
      var isGiven: Bool { !author.isEmpty || license != nil || about != nil }
    }

    @OptionGroup(title: "With --format bioimageio") var package: Package

    func validate() throws {
      guard format == .bioimageio || !package.isGiven else {
        throw ValidationError("--author, --license and --about belong to --format bioimageio")
      }
    }

    func run() throws {
      try reportingFailures {
        let library = ModelLibrary()
        try ProtectedInputs([library.path(of: model)]).check(output, as: .file)
        var export = ModelExport(try library.model(model))
        if !package.author.isEmpty { export.authors = package.author }
        if let license = package.license { export.license = license }
        if let about = package.about { export.about = about }
        try export.write(format, to: output)
      }
    }
  }
}
