import Compute
import Foundation
import Networks
import Tensors

/// Times the engine: single convolutions, inference and training steps, and post-processing.
///
/// `benchmarks [--threads N] [--size 64] [--repeats 3] [--results FOLDER]
/// [conv|inference|training|postprocessing|measurements]…`
@main
enum Benchmarks {
  private static let allSections = [
    "conv", "inference", "training", "postprocessing", "measurements",
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
    print(
      "Kernels \(Engine.kernelVariant), OpenBLAS \(Engine.blasCore), "
        + "\(Parallel.threadCount) threads, float32, batch 1, minimum of \(repeats)")
    if let advice = Engine.blasAdvice { print("Note: \(advice)") }
    print()
    for section in sections {
      switch section {
      case "conv": try convolutions(repeats: repeats)
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
      let geometry = try ConvolutionGeometry.same(kernel: kernel)
      let x = noise([1, inputs, edge, edge, edge], seed: 1)
      let w = noise([outputs, inputs, kernel, kernel, kernel], seed: 2)
      let dy = noise([1, outputs, edge, edge, edge], seed: 3)
      var workspace = Workspace()
      let flops = 2e-9 * Double(inputs * outputs * geometry.taps * edge * edge * edge)
      let times = try [
        shortestTime(repeats: repeats) {
          _ = try Convolution.forward(x, weight: w, geometry: geometry, workspace: &workspace)
        },
        shortestTime(repeats: repeats) {
          _ = try Convolution.inputGradient(
            dy, weight: w, extents: SpatialAxes(edge), geometry: geometry, workspace: &workspace)
        },
        shortestTime(repeats: repeats) {
          _ = try Convolution.weightGradient(
            dy, input: x, geometry: geometry, workspace: &workspace)
        },
      ]
      let cells = times.map { String(format: "%.1f | %.0f", $0 * 1e3, flops / $0) }
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
      var network = try UNet3D(configuration)
      var seed: UInt64 = 1
      network.forEachParameter { parameter in
        parameter.value = noise(parameter.value.shape, seed: seed, scale: 0.05)
        seed += 1
      }
      let x = noise([1, 1, size, size, size], seed: 99)
      var workspace = Workspace()
      let seconds = try shortestTime(repeats: repeats) {
        if training {
          let (logits, tape) = try network.forward(x, workspace: &workspace)
          try network.backwardParameters(logits, tape: tape, workspace: &workspace)
        } else {
          _ = try network.predict(x, workspace: &workspace)
        }
      }
      let operations = configuration.multiplyAdds(for: SpatialAxes(size))
      let flops = 2e-9 * Double(operations) * (training ? 3 : 1)
      print("| \(name) | \(String(format: "%.3f | %.0f", seconds, flops / seconds)) |")
    }
    print()
  }

  static func noise(_ shape: Shape, seed: UInt64, scale: Float = 1) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    return Tensor(
      (0..<shape.count).map { _ in Float(generator.uniform() - 0.5) * scale }, shape: shape)
  }
}
