import ArgumentParser
import Benchmarking
import Foundation
import Segmentation
import Tensors

extension BenchmarkCommand {
  /// `morula benchmark memory`
  struct Memory: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "memory",
      abstract: "Measure memory and time of inference and training by volume size.",
      usage: "morula benchmark memory [<options>]",
      discussion: """
        Every case runs in a process of its own. Cases that need more memory than this machine has are \
        listed with an estimate.

        Examples:
          morula benchmark memory --network nsn
          morula benchmark memory --network ndn --size 64 --size 96 --size 128 \\
            --work inference
        """)

    @Option(help: ArgumentHelp("The published network.", valueName: "name"))
    var network = Model.Kind.nsn

    @Option(
      parsing: .singleValue,
      help: ArgumentHelp(
        "The size of the input, one number for a cube or x,y,z; may be repeated (default: 32, 64, 96, 128).",
        valueName: "voxels"))
    var size: [BenchmarkSize] = []

    @Option(help: ArgumentHelp("What the network does.", valueName: "work"))
    var work = WorkChoice.all

    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      try reportingFailures {
        try common.requireOutputs()
        let process = try BenchmarkProcess()
        let standard = [32, 64, 96, 128].map { SpatialAxes($0) }
        let benchmark = MemoryBenchmark(
          network, sizes: size.isEmpty ? standard : size.map(\.extents), works: work.works,
          repetitions: common.repetitions ?? 1)
        var line = ProgressLine()
        let report = try benchmark.run(
          report: { done, total, name in
            line.show("\(ProgressLine.bar(done, of: total)) \(done)/\(total) \(name)")
          }, measure: process.measure)
        line.clear()
        let shown = Result { try print(report.text, terminator: "") }
        if let json = common.json { try report.json.write(to: json) }
        try shown.get()
      }
    }
  }
}
