import Compute
import Foundation
import Tensors
import TestSupport
import Testing

/// ReLU, sigmoid and softmax against PyTorch (`Fixtures/activation/make.py`).
@Suite struct ActivationTests {
  @Test func reluEqualsPyTorch() throws {
    let file = try Fixture.load("activation/relu", bundle: .module)
    let output = Activation.relu(try file.tensor("input"))
    #expect(try largestDifference(output, file.tensor("output")) == 0)
    let gradient = Activation.reluGradient(try file.tensor("upstream"), output: output)
    #expect(try largestDifference(gradient, file.tensor("inputGradient")) == 0)
  }

  /// An output in [0, 1] after a float32 exp (2 ulp), a sum of two and a division: 4 ulp of 1. The
  /// gradient g p (1 − p) carries the output's error twice.
  @Test func sigmoidEqualsPyTorch() throws {
    let file = try Fixture.load("activation/sigmoid", bundle: .module)
    let upstream = try file.tensor("upstream")
    let output = Activation.sigmoid(try file.tensor("input"))
    #expect(try largestDifference(output, file.tensor("output")) <= 4 * Tolerance.ulp)
    let gradient = Activation.sigmoidGradient(upstream, output: output)
    let largest = Double(upstream.magnitudes.scalars.max()!)
    #expect(
      try largestDifference(gradient, file.tensor("inputGradient"))
        <= 8 * Tolerance.ulp * largest)
    for (p, x) in zip(output.scalars, try file.tensor("input").scalars) where -80...(-16) ~= x {
      #expect(abs(Double(p) / exp(Double(x)) - 1) < 1e-5, "small probabilities keep their digits")
    }
  }

  /// x − max costs ulp(x) before the exp, which the probability inherits relative to its size.
  @Test(arguments: ["softmax1", "softmax2", "softmax3"])
  func softmaxEqualsPyTorch(name: String) throws {
    let file = try Fixture.load("activation/\(name)", bundle: .module)
    let (input, upstream) = (try file.tensor("input"), try file.tensor("upstream"))
    let output = try Activation.softmax(input)
    // Differences above 20 leave probabilities below 2e-9, whatever their rounding.
    #expect(try largestDifference(output, file.tensor("output")) <= 32 * Tolerance.ulp)
    let gradient = try Activation.softmaxGradient(upstream, output: output)
    let largest = Double(upstream.magnitudes.scalars.max()!)
    #expect(
      try largestDifference(gradient, file.tensor("inputGradient"))
        <= 4 * 32 * Tolerance.ulp * largest)
  }

  @Test func notANumberPassesReLU() {
    #expect(Activation.relu(Tensor([.nan, -1, 2], shape: [3]))[0].isNaN)
  }

  @Test func sameBitsForAnyThreadCount() throws {
    var generator = SeededGenerator(seed: 61)
    let shape: Shape = [1, 2, 41, 42, 43]
    let (x, g) = (Tensor.normal(shape, using: &generator), Tensor.normal(shape, using: &generator))
    let isEqual = try isEqualForAnyThreadCount {
      let (relu, sigmoid) = (Activation.relu(x), Activation.sigmoid(x))
      let softmax = try Activation.softmax(x)
      return [
        relu.bits, Activation.reluGradient(g, output: relu).bits, sigmoid.bits,
        Activation.sigmoidGradient(g, output: sigmoid).bits, softmax.bits,
        try Activation.softmaxGradient(g, output: softmax).bits,
      ]
    }
    #expect(isEqual)
  }
}
