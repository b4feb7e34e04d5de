import ArgumentParser
import Compute
import Foundation
import Microscopy
import Tensors
import Training

/// `morula train`
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a network from a configuration file.",
    usage: "morula train --config <file> [<options>]",
    discussion: """
      The folder --output receives:
        best.safetensors   the weights of the best validation IoU; without a
                           validation, those of the last epoch
        last.safetensors   the checkpoint from which --resume continues
        history.csv        one row per epoch
        config.yaml        every value in force

      Ctrl-C or SIGTERM saves a checkpoint and exits with code 130 or 143; --resume continues, and the \
      result is bit for bit the same. docs/configuration.md explains every key.

      Examples:
        morula train --config configs/nsn-base8.yaml --set data.root=bbbc050 \\
          --output runs/nsn
        morula train --config configs/nsn-base8.yaml --set data.root=bbbc050 \\
          --output runs/nsn --resume
        morula train --config mine.yaml --set optimizer.learning_rate=1e-3 \\
          --set training.epochs=40
        morula train --config folds.yaml --folds 11 --output runs/fold11
      """)

  /// What is trained, and where.
  struct Run: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration, a YAML file.", valueName: "file"))
    var config: String

    @Option(
      help: ArgumentHelp(
        "The folder of the run (default: runs/NAME, with the name in the configuration).",
        valueName: "folder"))
    var output: String?

    @Flag(help: "Continue from the checkpoint in --output; begin if there is none yet.")
    var resume = false

    @Option(
      name: .customLong("set"),
      help: ArgumentHelp(
        "Override a key of the configuration; may be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(
      name: .customLong("folds"),
      help: ArgumentHelp(
        "The fold to validate on, for example 11; `all` for one run per fold, or `list` to print them. The configuration needs data.folds.",
        valueName: "fold"))
    var folds: String?

    @Option(
      help: ArgumentHelp("The seed of all randomness; overrides training.seed.", valueName: "n"))
    var seed: UInt64?

    @Flag(help: "Print the plan, with estimates of memory and time, and stop.")
    var dryRun = false
  }

  /// What few users need.
  struct Details: ParsableArguments {
    @Flag(
      help:
        "Save memory: compute activations again in the backward pass (slower, same result); sets training.recompute."
    )
    var recompute = false

    @OptionGroup var common: ExpertOptions
  }

  @OptionGroup(title: "Run") var options: Run
  @OptionGroup(title: "Expert") var details: Details
  @OptionGroup var compute: ComputeOptions

  func run() throws {
    compute.apply()
    details.common.apply()
    try reportingFailures {
      var overrides = options.overrides
      if let seed = options.seed { overrides.append("training.seed=\(seed)") }
      if details.recompute { overrides.append("training.recompute=true") }
      let configuration = try TrainingConfiguration.load(
        path: options.config, overrides: overrides)
      let folder = options.output ?? "runs/\(configuration.name)"
      if let folds = options.folds {
        try train(configuration, in: folder, folds: folds)
      } else {
        try train(configuration, in: folder, fold: nil, resuming: options.resume)
      }
    }
  }

  /// One fold, all of them, or a list of their names.
  private func train(
    _ configuration: TrainingConfiguration, in folder: String, folds: String
  ) throws {
    guard let section = configuration.data.folds else {
      throw TrainingError(
        options.config,
        "has no data.folds, which --folds needs; set data.folds.pattern, for example `Emb(\\d+)`")
    }
    switch folds {
    case "list":
      for fold in try DataSet(configuration.data).folds(by: section.pattern) {
        try print(cells: fold.name, fold.pairs.count.counted("volume"))
      }
    case "all":
      for fold in try DataSet(configuration.data).folds(by: section.pattern) {
        // Resuming continues the folds that have begun and starts the others.
        try train(
          configuration, in: "\(folder)/fold-\(fold.name)", fold: fold.name,
          resuming: options.resume)
      }
    default: try train(configuration, in: folder, fold: folds, resuming: options.resume)
    }
  }

  private func train(
    _ configuration: TrainingConfiguration, in folder: String, fold: String?, resuming: Bool
  ) throws {
    if !resuming {
      try ProtectedInputs([options.config]).check(RunFolder(folder).configuration, as: .file)
    }
    var display = TrainingDisplay(configuration, folder: folder)
    var trainer = try Trainer(configuration, output: folder, fold: fold, resuming: resuming)
    if options.dryRun { return display.show(.plan(trainer.plan)) }
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
