import ArgumentParser
import Foundation
import Pipeline
import Tensors

/// `morula model`
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Look into weights files.", subcommands: [Info.self])

  /// `morula model info`
  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print architecture, parameters and metadata of weights files.")

    @Argument(help: "Weights files or checkpoints.")
    var files: [String]

    func run() throws {
      try reportingFailures {
        for file in files { try print(ModelSummary(file).text) }
      }
    }
  }
}
