import ArgumentParser
import Segmentation

extension ModelCommand {
  /// `morula model info`
  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print architecture, parameters and metadata of weights files.",
      usage: "morula model info <files> ...",
      discussion: """
        Examples:
          morula model info nsn
          morula model info runs/nsn/last.safetensors
        """)

    @Argument(help: "Weights files, checkpoints, or names that `morula model list` prints.")
    var files: [String]

    func run() throws {
      try reportingFailures {
        let library = ModelLibrary()
        for file in files {
          try print(ModelSummary(library.model(file), path: library.path(of: file)).text)
        }
      }
    }
  }
}
