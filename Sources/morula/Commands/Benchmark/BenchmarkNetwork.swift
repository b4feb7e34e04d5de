import ArgumentParser
import Networks

extension BenchmarkCommand {
  /// `morula benchmark network`
  struct Network: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "network",
      abstract: "Time a network's inference.",
      usage: "morula benchmark network [<options>]",
      discussion: """
        Memory is the peak of the process in these runs; the layers are timed afterwards. With \
        --weights, --input and --output another program can compute the same for comparison, as \
        Benchmarks/peers does.

        Examples:
          morula benchmark network --network nsn --size 127,124,51
          morula benchmark network --network unet --size 64 --threads 1 \\
            --json unet.json
          morula benchmark network --weights nsn.safetensors \\
            --input x.safetensors --output y.safetensors
        """)

    @OptionGroup var options: NetworkOptions

    @Option(
      help: ArgumentHelp(
        "Write the logits, [N, out, D, H, W], as tensor `logits` of a safetensors file.",
        valueName: "file"))
    var output: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      try reportingFailures {
        try common.requireOutputs(output)
        var line = ProgressLine()
        let benchmark = try options.benchmark(common, work: .inference)
        let (report, logits) = try benchmark.inference(seed: common.seed) {
          BenchmarkCommand.show($0, on: &line)
        }
        if let output { try SafeTensors(tensors: ["logits": logits]).write(to: output) }
        try BenchmarkCommand.finish(report, json: common.json, &line)
      }
    }
  }
}
