import Benchmarking
import Compute
import Foundation
import Networks
import Tensors

/// Times the engine: single convolutions, inference and training steps, and post-processing.
///
/// `benchmarks [--threads N] [--size 64] [--repeats 3] [--results FOLDER]
/// [conv|products|errors|inference|training|postprocessing|measurements]…`
@main
enum Benchmarks {
  private static let allSections = [
    "conv", "products", "errors", "inference", "training", "postprocessing", "measurements",
  ]

  static func main() throws {
    var sections: [String] = []
    var size = 64
    var repeats = 3
    var results: String?
    var arguments = CommandLine.arguments.dropFirst()
    func number(_ option: String) -> Int {
      guard let value = arguments.popFirst().flatMap({ Int($0) }), value > 0 else {
        fail("\(option) needs a number above 0")
      }
      return value
    }
    while let argument = arguments.popFirst() {
      switch argument {
      case "--threads": Parallel.defaultThreadCount = number(argument)
      case "--size": size = number(argument)
      case "--repeats": repeats = number(argument)
      case "--results":
        guard let folder = arguments.popFirst() else { fail("--results needs a folder") }
        results = folder
      case _ where allSections.contains(argument): sections.append(argument)
      default:
        fail(
          "unknown argument \(argument): --threads N, --size N, --repeats N, --results FOLDER, "
            + allSections.joined(separator: ", "))
      }
    }
    if sections.isEmpty { sections = allSections }
    do { try Engine.checkEnvironment() } catch { fail("\(error)") }
    print(
      "Kernels \(Engine.kernelVariant), OpenBLAS \(Engine.blasCore), "
        + "\(Parallel.threadCount) threads, float32, batch 1, minimum of \(repeats)")
    if let advice = Engine.blasAdvice { print("Note: \(advice)") }
    print()
    for section in sections {
      switch section {
      case "conv": try convolutions(repeats: repeats)
      case "products": ProductBenchmark.run()
      case "errors": try TransformErrors.run()
      case "measurements": try MeasurementBenchmark.run(repeats: repeats, results: results)
      case "postprocessing": try Postprocessing(repeats: repeats, results: results).run()
      default: try networks(size: size, training: section == "training", repeats: repeats)
      }
    }
  }

  static func fail(_ problem: String) -> Never {
    FileHandle.standardError.write(Data("benchmarks: error: \(problem)\n".utf8))
    exit(2)
  }

  static func convolutions(repeats: Int) throws {
    print(
      "| layer | forward ms | GFLOP/s | input gradient ms | GFLOP/s | weight gradient ms | GFLOP/s |"
    )
    print("|---|---|---|---|---|---|---|")
    let layers = [
      (1, 16, 3, 64), (16, 32, 3, 64), (32, 32, 3, 64), (96, 32, 3, 64), (64, 64, 3, 32),
      (192, 64, 3, 32), (64, 128, 3, 16), (24, 24, 5, 64), (72, 24, 5, 64), (96, 96, 5, 16),
      (192, 384, 5, 4), (32, 1, 1, 64),
    ]
    for (inputs, outputs, kernel, edge) in layers {
      let layer = try PlacedConvolution(
        name: "convolution", inputs: inputs, outputs: outputs, kernel: kernel,
        extents: SpatialAxes(edge))
      let timings = try ConvolutionBenchmark(layer, repetitions: repeats).run(seed: 1)
      let cells = timings.map {
        String(format: "%.1f | %.0f", $0.timing.minimum * 1e3, $0.rate * 1e-9)
      }
      print("| \(inputs) → \(outputs), \(kernel)³, \(edge)³ | \(cells.joined(separator: " | ")) |")
    }
    print()
  }

  static func networks(size: Int, training: Bool, repeats: Int) throws {
    print("| network at \(size)³ | \(training ? "training step" : "inference") s | GFLOP/s |")
    print("|---|---|---|")
    let cases: [(String, UNetConfiguration)] = [
      ("NSN, base 4", UNetConfiguration(levels: 3, base: 4, kernel: 3)),
      ("NSN, base 8", UNetConfiguration(levels: 3, base: 8, kernel: 3)),
      ("NSN", .nsn), ("3D U-Net", .unet),
      ("NDN, base 4", UNetConfiguration(levels: 5, base: 4, kernel: 5)), ("NDN", .ndn),
    ]
    for (name, configuration) in cases {
      var benchmark = NetworkBenchmark(
        try BenchmarkNetwork(name: name, configuration, seed: 1),
        input: BenchmarkInput(noise: SpatialAxes(size), seed: 1), repetitions: repeats,
        timesLayers: false)
      let report =
        training
        ? try benchmark.training(loss: DiceLoss.reproduction) : try benchmark.inference().report
      print(
        "| \(name) | "
          + String(format: "%.3f | %.0f", report.secondsMinimum, report.rate * 1e-9) + " |")
    }
    print()
  }
}
