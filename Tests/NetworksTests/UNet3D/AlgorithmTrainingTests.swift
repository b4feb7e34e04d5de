import Compute
import Networks
import Tensors
import TestSupport
import Testing

/// Training with the planner's algorithms against training with im2col throughout.
@Suite struct AlgorithmTrainingTests {
  static let networks = [
    UNetConfiguration(levels: 3, base: 8, kernel: 3),
    UNetConfiguration(levels: 3, base: 6, kernel: 5),
  ]

  /// The losses of twenty updates from the same start.
  private func losses(
    _ configuration: UNetConfiguration, _ algorithm: ConvolutionAlgorithm?
  ) throws -> [Double] {
    try ConvolutionPlanner.$requested.withValue(algorithm) {
      var network = try UNet3D(configuration, initializer: .heNormal, seed: 5)
      var generator = SeededGenerator(seed: 9)
      let shape: Shape = [1, 1, 24, 32, 28]
      let input = Tensor.normal(shape, using: &generator)
      // Foreground where the smooth part of the input is high.
      let target = Tensor(
        (0..<shape.count).map { index in
          let (y, x) = (index / 28 % 32, index % 28)
          return (y - 16) * (y - 16) + (x - 14) * (x - 14) < 80 ? Float(1) : 0
        }, shape: shape)
      let loss = BinaryCrossEntropyLoss()
      var optimizer = SGD(learningRate: 0.05, momentum: 0.9)
      var workspace = Workspace()
      return try (0..<20).map { _ in
        let (logits, tape) = try network.forward(input, workspace: &workspace)
        let (value, gradient) = try loss(logits, target: target)
        try network.backwardParameters(gradient, tape: tape, workspace: &workspace)
        optimizer.update(&network)
        clearGradients(of: &network)
        return value
      }
    }
  }

  @Test(arguments: networks) func twentyLossesEqualThoseOfIm2col(
    configuration: UNetConfiguration
  ) throws {
    let reference = try losses(configuration, .im2col)
    let planned = try losses(configuration, nil)
    for (step, (a, b)) in zip(reference, planned).enumerated() {
      #expect(abs(a - b) <= 1e-4 * max(1, abs(a)), "step \(step + 1): \(a) and \(b)")
    }
    // It learns, so the losses are not equal for lack of change.
    #expect(reference[19] < 0.7 * reference[0])
    #expect(reference != planned)
  }
}
