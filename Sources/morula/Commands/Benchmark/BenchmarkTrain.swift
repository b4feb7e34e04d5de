import ArgumentParser
import Networks

extension BenchmarkCommand {
  /// `morula benchmark train`
  struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "train",
      abstract: "Time a network's training step: forward, loss, backward, update.",
      usage: "morula benchmark train [<options>]",
      discussion: """
        The update is that of stochastic gradient descent with momentum 0.9. GFLOP/s count a step as \
        three forward passes.

        Examples:
          morula benchmark train --network ndn --size 64
          morula benchmark train --network nsn --loss bce --no-layers --json train.json
        """)

    @OptionGroup var options: NetworkOptions

    @Option(help: ArgumentHelp("The loss: dice, or bce for cross-entropy.", valueName: "loss"))
    var loss = LossChoice.dice

    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      try reportingFailures {
        try common.requireOutputs()
        var line = ProgressLine()
        var benchmark = try options.benchmark(common, work: .training)
        let loss = loss.loss(outputs: benchmark.network.architecture.outputs)
        let report = try benchmark.training(loss: loss, seed: common.seed) {
          BenchmarkCommand.show($0, on: &line)
        }
        try BenchmarkCommand.finish(report, json: common.json, &line)
      }
    }
  }
}
