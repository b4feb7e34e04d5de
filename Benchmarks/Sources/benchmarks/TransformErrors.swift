import Compute
import Foundation
import Tensors

/// The rounding errors of every algorithm and tile size, against the definition in Double.
enum TransformErrors {
  /// Largest and root-mean-square error, in parts of the output's range.
  private struct Errors {
    var largest = 0.0
    var meanSquare = 0.0

    init(_ output: Tensor, _ reference: [Double]) {
      let range = (reference.max() ?? 0) - (reference.min() ?? 0)
      for (value, exact) in zip(output.scalars, reference) {
        let error = abs(Double(value) - exact) / range
        largest = max(largest, error)
        meanSquare += error * error / Double(reference.count)
      }
    }

    var text: String { String(format: "%.1e | %.1e", largest, meanSquare.squareRoot()) }
  }

  static func run() throws {
    print("Errors of one convolution, 64 → 8 channels, 20³ voxels, in parts of the output's range.")
    print("Inputs are standard normal, or the same cut at 0 as after ReLU.")
    print()
    print("| kernel | algorithm | multiplications | normal: largest | rms | cut: largest | rms |")
    print("|---|---|---|---|---|---|---|")
    for kernel in [3, 5] {
      let geometry = try ConvolutionGeometry.same(kernel: kernel)
      var generator = SeededGenerator(seed: 5, stream: UInt64(kernel))
      func normal(_ shape: Shape, _ map: (Double) -> Double = { $0 }) -> Tensor {
        Tensor((0..<shape.count).map { _ in Float(map(generator.normal())) }, shape: shape)
      }
      let weight = normal([8, 64, kernel, kernel, kernel])
      let inputs = [normal([1, 64, 20, 20, 20]), normal([1, 64, 20, 20, 20]) { max(0, $0) }]
      let references = try inputs.map {
        try ReferenceConvolution.forward($0, weight: weight, geometry: geometry)
      }
      let problem = try ConvolutionProblem(
        geometry: geometry, inputChannels: 64, outputChannels: 8, extents: 20)
      for algorithm in algorithms(kernel: kernel) {
        guard ConvolutionPlanner.plan(problem, algorithm: algorithm) != nil else { continue }
        var cells: [String] = []
        for (input, reference) in zip(inputs, references) {
          var workspace = Workspace()
          let output = try ConvolutionPlanner.$requested.withValue(algorithm) {
            try Convolution.forward(
              input, weight: weight, geometry: geometry, workspace: &workspace)
          }
          cells.append(Errors(output, reference).text)
        }
        print(
          "| \(kernel)³ | \(algorithm) | \(saving(algorithm, kernel: kernel)) | "
            + cells.joined(separator: " | ") + " |")
      }
    }
    print()
  }

  private static func algorithms(kernel: Int) -> [ConvolutionAlgorithm] {
    [.im2col, .direct]
      + [2, 4, 6].flatMap { m -> [ConvolutionAlgorithm] in
        [.transforms([m, 1, 1]), .transforms([m, m, 1]), .transforms([m, m, m])]
      }
  }

  /// As `1/4`: the share of the definition's multiplications, ragged ends aside.
  private static func saving(_ algorithm: ConvolutionAlgorithm, kernel: Int) -> String {
    guard case .transforms(let tile) = algorithm else { return "1" }
    let factor = [tile.depth, tile.height, tile.width].reduce(1.0) {
      $1 == 1 ? $0 : $0 * Double($1 * kernel) / Double($1 + kernel - 1)
    }
    return String(format: "1/%.3g", factor)
  }
}
