import ArgumentParser
import Compute
import Foundation
import Tensors
import Training

/// `morula train`
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a network from a configuration file.",
    discussion: """
      The folder --output receives best.safetensors (the weights of the best validation IoU, or of the last epoch without validation), \
      last.safetensors (the checkpoint that --resume goes on from), history.csv (one row an epoch) \
      and config.yaml (every value in force).

      Examples:
        morula train --config configs/nsn-base8.yaml --set data.root=bbbc050 --output runs/nsn
        morula train --config configs/nsn-base8.yaml --output runs/nsn --resume
        morula train --config mine.yaml --set optimizer.learning_rate=1e-3 --set training.epochs=40
        morula train --config folds.yaml --folds 11 --output runs/fold11

      Ctrl-C or SIGTERM saves a checkpoint and exits with code 130 or 143; --resume continues bit \
      for bit. docs/configuration.md explains every key.
      """)

  @Option(help: ArgumentHelp("The YAML configuration.", valueName: "file"))
  var config: String

  @Option(
    help: ArgumentHelp(
      "The run's folder (default: runs/<name of the configuration>).", valueName: "folder"))
  var output: String?

  @Flag(help: "Go on from the checkpoint in --output.")
  var resume = false

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override a key, `optimizer.learning_rate=1e-3`; repeat at will.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(
    name: .customLong("folds"),
    help: ArgumentHelp(
      "The fold that validates, by its name (11), `all` for one run each, or `list`; needs data.folds in the configuration.",
      valueName: "fold"))
  var folds: String?

  @Option(
    help: ArgumentHelp("The seed of all randomness; overrides training.seed.", valueName: "n"))
  var seed: UInt64?

  @Flag(
    help:
      "Save memory: compute activations again in backward (slower, same results); sets training.recompute."
  )
  var recompute = false

  @Flag(help: "Print the plan and stop.")
  var dryRun = false

  @OptionGroup var limits: ImageLimitOptions
  @OptionGroup var engine: EngineOptions

  func run() throws {
    engine.apply()
    limits.apply()
    try reportingFailures {
      let seeds = seed.map { ["training.seed=\($0)"] } ?? []
      let configuration = try TrainingConfiguration.load(
        path: config, overrides: overrides + seeds + (recompute ? ["training.recompute=true"] : []))
      let folder = output ?? "runs/\(configuration.name)"
      guard let folds else {
        return try train(configuration, in: folder, fold: nil, resuming: resume)
      }
      guard let section = configuration.data.folds else {
        throw TrainingError(
          config, "has no data.folds, which --folds needs; set data.folds.pattern, `Emb(\\d+)` say")
      }
      switch folds {
      case "list":
        for fold in try DataSet(configuration.data).folds(by: section.pattern) {
          print("\(fold.name)\t\(fold.pairs.count) volumes")
        }
      case "all":
        for fold in try DataSet(configuration.data).folds(by: section.pattern) {
          // Resuming goes on with the folds that have begun and starts the others.
          let run = RunFolder("\(folder)/fold-\(fold.name)")
          let hasBegun = FileManager.default.fileExists(atPath: run.last)
          try train(
            configuration, in: run.path, fold: fold.name, resuming: resume && hasBegun)
        }
      default: try train(configuration, in: folder, fold: folds, resuming: resume)
      }
    }
  }

  private func train(
    _ configuration: TrainingConfiguration, in folder: String, fold: String?, resuming: Bool
  ) throws {
    var display = TrainingDisplay(configuration, folder: folder)
    var trainer = try Trainer(configuration, output: folder, fold: fold, resuming: resuming)
    if dryRun { return display.show(.plan(trainer.plan)) }
    Interruption.listen()
    let outcome = try trainer.run(shouldStop: { Interruption.requested != nil }) {
      display.show($0)
    }
    display.finish(outcome)
    if outcome == .interrupted, let signal = Interruption.requested {
      throw ExitCode(128 + signal)
    }
  }
}
