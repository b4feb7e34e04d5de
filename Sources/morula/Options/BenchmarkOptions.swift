import ArgumentParser
import Benchmarking
import Compute
import Foundation
import Networks
import Segmentation
import Tensors
import Training

extension BenchmarkCommand {
  /// Options of all benchmarks.
  struct CommonOptions: ParsableArguments {
    @Option(
      help: ArgumentHelp("The number of timed runs, after one to warm up.", valueName: "n"))
    var repetitions: Int?

    @Option(help: ArgumentHelp("The seed of weights and input.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("Write everything as JSON.", valueName: "file"))
    var json: String?

    @OptionGroup var engine: EngineOptions
    @OptionGroup var compute: ComputeOptions

    /// Sets threads and algorithm of the process.
    func apply() {
      compute.apply()
      engine.apply()
    }

    func validate() throws {
      if let repetitions, repetitions < 1 {
        throw ValidationError("--repetitions is at least 1")
      }
    }

    /// Throws before minutes are spent on results that cannot be written.
    func requireOutputs(_ others: String?...) throws {
      for path in [json] + others {
        if let path { try BenchmarkFiles.requireWritable(path) }
      }
    }
  }

  /// Options of benchmarks of a whole network.
  struct NetworkOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The published network.", valueName: "name"))
    var network = Model.Kind.nsn

    @Option(
      help: ArgumentHelp(
        "The size of the input: one number for a cube, or x,y,z (default: 128).",
        valueName: "voxels"))
    var size: BenchmarkSize?

    @Option(
      help: ArgumentHelp(
        "Weights instead of random ones: a Morula model, whose architecture then replaces --network, or a safetensors file of the tensors of --network.",
        valueName: "file"))
    var weights: String?

    @Option(
      help: ArgumentHelp(
        "An input instead of a random one: a safetensors file with the tensor `input`, [D, H, W] or [N, C, D, H, W], and for training `target`.",
        valueName: "file"))
    var input: String?

    @Flag(
      inversion: .prefixedNo, help: "Time each convolution of the network as well.")
    var layers = true

    func validate() throws {
      if input != nil, size != nil {
        throw ValidationError("--size and --input contradict each other; give one")
      }
    }

    /// The benchmark that the options describe; throws before it takes memory that is not there.
    func benchmark(_ common: CommonOptions, work: BenchmarkReport.Work) throws -> NetworkBenchmark {
      let network = try weights.map { try BenchmarkNetwork(self.network, weights: $0) }
      let architecture =
        network?.architecture ?? NetworkConfiguration(kind: self.network).architecture
      let extents = (size ?? .standard).extents
      func require(_ extents: SpatialAxes, batch: Int = 1) throws {
        try BenchmarkNetwork.requireMemory(
          BenchmarkNetwork.predictedBytes(
            architecture, extents: extents, batch: batch, work: work),
          for: "\(work.rawValue) of \(network?.name ?? self.network.rawValue) at \(extents)")
      }
      let fed: BenchmarkInput
      if let input {
        fed = try BenchmarkInput(contentsOf: input)
        try require(fed.extents, batch: fed.image.shape.batch)
      } else {
        try require(extents)
        fed = BenchmarkInput(noise: extents, seed: common.seed)
      }
      return NetworkBenchmark(
        try network ?? BenchmarkNetwork(self.network, seed: common.seed), input: fed,
        repetitions: common.repetitions ?? 3, timesLayers: layers)
    }
  }

  /// Shows a network benchmark's events.
  static func show(_ event: NetworkBenchmark.Event, on line: inout ProgressLine) {
    switch event {
    case .run(0, _): line.show("warming up")
    case .run(let run, let total): line.show("run \(run) of \(total)")
    case .layer(let done, let total, let name):
      line.show("\(ProgressLine.bar(done, of: total)) \(done)/\(total) \(name)")
    case .peaks: line.show("measuring the machine's peaks")
    }
  }

  /// Prints a report and writes its JSON.
  static func finish(_ report: BenchmarkReport, json: String?, _ line: inout ProgressLine) throws {
    line.clear()
    let shown = Result { try morula.print(report.text, terminator: "") }
    if let advice = Engine.blasAdvice { line.print("note: \(advice)") }
    if let json { try report.json.write(to: json) }
    try shown.get()
  }
}
