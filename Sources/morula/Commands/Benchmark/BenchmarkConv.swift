import ArgumentParser
import Benchmarking
import Networks
import Segmentation
import Tensors
import Training

extension BenchmarkCommand {
  /// `morula benchmark conv`
  struct Conv: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "conv",
      abstract: "Time every convolution of a network, or a single one.",
      usage: "morula benchmark conv [<options>]",
      discussion: """
        Each convolution has three products: its output, the gradient of its input and that of its \
        weight. The total is the time of a network that does nothing else.

        Examples:
          morula benchmark conv --network ndn --size 64
          morula benchmark conv --network nsn --pass forward --threads 1
          morula benchmark conv --channels 32,32 --kernel 3 --size 64
        """)

    @Option(
      help: ArgumentHelp(
        "The published network whose convolutions are timed (default: nsn).",
        valueName: "name"))
    var network: Model.Kind?

    @Option(
      help: ArgumentHelp(
        "A single convolution instead, with these channels in and out.", valueName: "in,out"))
    var channels: ChannelPair?

    @Option(
      help: ArgumentHelp(
        "The edge of its kernel, an odd number (default: 3).", valueName: "voxels"))
    var kernel: Int?

    @Option(
      help: ArgumentHelp(
        "The size of the input: one number for a cube, or x,y,z.", valueName: "voxels"))
    var size = BenchmarkSize.standard

    @Option(
      help: ArgumentHelp(
        "The products to time.", valueName: "pass"))
    var pass = PassChoice.all

    @OptionGroup var common: CommonOptions

    func validate() throws {
      if network != nil, channels != nil {
        throw ValidationError("--network and --channels contradict each other; give one")
      }
      if let kernel {
        guard channels != nil else {
          throw ValidationError("--kernel belongs to a single convolution; add --channels in,out")
        }
        guard (1...15).contains(kernel), !kernel.isMultiple(of: 2) else {
          throw ValidationError("--kernel is an odd number from 1 to 15")
        }
      }
    }

    func run() throws {
      common.apply()
      try reportingFailures {
        try common.requireOutputs()
        let benchmark = try makeBenchmark()
        try BenchmarkNetwork.requireMemory(
          benchmark.largestBytes, for: "a convolution at \(size.extents)")
        var line = ProgressLine()
        let timings = try benchmark.run(seed: common.seed) { done, total, name in
          line.show("\(ProgressLine.bar(done, of: total)) \(done)/\(total) \(name)")
        }
        let kind = channels == nil ? network ?? .nsn : nil
        let report = BenchmarkReport(
          timings, of: benchmark, network: kind?.rawValue,
          architecture: kind.map { NetworkConfiguration(kind: $0).architecture },
          extents: size.extents)
        try BenchmarkCommand.finish(report, json: common.json, &line)
      }
    }

    private func makeBenchmark() throws -> ConvolutionBenchmark {
      let repetitions = common.repetitions ?? 5
      guard let channels else {
        return try ConvolutionBenchmark(
          NetworkConfiguration(kind: network ?? .nsn).architecture, extents: size.extents,
          passes: pass.passes, repetitions: repetitions)
      }
      let layer = try PlacedConvolution(
        name: "convolution", inputs: channels.inputs, outputs: channels.outputs,
        kernel: kernel ?? 3, extents: size.extents)
      return ConvolutionBenchmark(layer, passes: pass.passes, repetitions: repetitions)
    }
  }
}
