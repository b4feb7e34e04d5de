import ArgumentParser
import Benchmarking
import Morphometry
import Networks
import Segmentation
import Tensors
import Training

extension BenchmarkCommand {
  /// `morula benchmark plan`
  struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "plan",
      abstract: "Print how every convolution would be computed; nothing is computed.",
      usage: "morula benchmark plan [<options>]",
      discussion: """
        The algorithm of each convolution follows from its sizes: im2col (tiles of shifted copies and \
        sgemm), direct (products in registers) or fast-ZxYxX (short transforms with that many outputs \
        per tile along z, y and x, which save multiplications). "of direct" is the number of \
        multiplications relative to direct convolution, with the zeros of tiles that reach beyond the \
        volume.

        Examples:
          morula benchmark plan --network ndn --size 128
          morula benchmark plan --network nsn --size 127,124,51 --training
          morula benchmark plan --network nsn --convolution fast-4x4x1
        """)

    @Option(help: ArgumentHelp("The published network.", valueName: "name"))
    var network = Model.Kind.nsn

    @Option(
      help: ArgumentHelp(
        "The size of the input: one number for a cube, or x,y,z.", valueName: "voxels"))
    var size = BenchmarkSize.standard

    @Flag(help: "The three passes of a training step instead of inference.")
    var training = false

    @Option(help: ArgumentHelp("Write the plans as JSON.", valueName: "file"))
    var json: String?

    @OptionGroup var engine: EngineOptions
    @OptionGroup var compute: ComputeOptions

    func run() throws {
      compute.apply()
      engine.apply()
      try reportingFailures {
        if let json { try BenchmarkFiles.requireWritable(json) }
        let plans = try ConvolutionPlans(
          layers: NetworkConfiguration(kind: network).architecture.convolutions(
            for: size.extents),
          passes: training ? ConvolutionBenchmark.Pass.allCases : [.forward],
          isPrepared: !training)
        let shown = Result { try print(plans.text, terminator: "") }
        if let json {
          let extents = [size.extents.depth, size.extents.height, size.extents.width]
          try JSONValue.object([
            JSONValue.Entry("network", .text(network.rawValue)),
            JSONValue.Entry("extents", .list(extents.map(JSONValue.integer))),
            JSONValue.Entry("layers", plans.json),
          ]).write(to: json)
        }
        try shown.get()
      }
    }
  }
}
