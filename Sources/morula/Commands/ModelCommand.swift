import ArgumentParser
import Foundation
import Microscopy
import Segmentation
import Tensors

/// `morula model`
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "List, describe, pack, import and export models.",
    subcommands: [List.self, Info.self, Pack.self, Import.self, Export.self])

  /// `morula model list`
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the models that Morula brings along.",
      discussion: """
        They lie in PREFIX/share/morula/models, or in Models of the project; the environment variable \
        \(ModelLibrary.variable) names another folder. `morula segment` uses nsn and ndn of it.
        """)

    func run() throws {
      try reportingFailures {
        let library = ModelLibrary()
        guard let folder = library.folder, !library.entries.isEmpty else {
          throw InputError(
            library.folder ?? "morula",
            "there are no models here; set \(ModelLibrary.variable) to a folder of weights files")
        }
        for entry in library.entries { print(try ModelSummary(entry.path).line(name: entry.name)) }
        print("in \(folder)")
      }
    }
  }

  /// `morula model info`
  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print architecture, parameters and metadata of weights files.")

    @Argument(help: "Weights files, checkpoints, or names that `morula model list` prints.")
    var files: [String]

    func run() throws {
      try reportingFailures {
        let library = ModelLibrary()
        for file in files { try print(ModelSummary(library.path(of: file)).text) }
      }
    }
  }

  /// `morula model pack`
  struct Pack: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the model of a checkpoint without the state of its training.",
      discussion: """
        With --blend the weights lie between those of the checkpoint and those of another model that \
        was trained on from it, with other augmentation or on other data: much of what either is \
        good at is kept.

        Example:
          morula model pack runs/nsn/last.safetensors --output nsn.safetensors --half
          morula model pack first.safetensors --blend second.safetensors --share 0.6 --output \
        nsn.safetensors
        """)

    @Argument(help: "A checkpoint or a weights file.")
    var file: String

    @Option(help: ArgumentHelp("The weights file to write.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("A name for the model (default: its own).", valueName: "name"))
    var name: String?

    @Option(
      help: ArgumentHelp(
        "The probability from which a voxel is foreground (default: its own).", valueName: "p"))
    var threshold: Double?

    @Option(
      help: ArgumentHelp(
        "Another model of the same architecture and preprocessing to blend with.",
        valueName: "file"))
    var blend: String?

    @Option(help: ArgumentHelp("The share of --blend's weights, 0 to 1.", valueName: "share"))
    var share = 0.5

    @Flag(help: "Store the weights of convolutions in half precision: half the file.")
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
        var model = try Model(contentsOf: file)
        if let blend {
          model = try model.blended(
            with: try Model(contentsOf: blend), share: share, file: blend)
        }
        if let name { model.description.name = name }
        if let threshold { model.description.threshold = threshold }
        try model.write(to: output, halvesWeights: half)
      }
    }
  }
}
