import Compute
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Batch normalization against PyTorch (`Fixtures/batch-normalization/make.py`).
@Suite struct BatchNormalizationTests {
  static let names = [
    "small", "chainer_eps", "batch2", "odd", "two_values", "wide", "offset", "constant",
  ]

  /// Every result has one rounding of float32 in each of a few steps; the file states the effect
  /// of a single one.
  static let roundings = 4.0

  struct Case {
    let file: SafeTensors
    let epsilon, momentum: Double
    let input, upstream, gamma, beta: Tensor
    let statistics: BatchNormalization.Statistics

    init(_ name: String) throws {
      file = try Fixture.load("batch-normalization/\(name)", bundle: .module)
      epsilon = try #require(file.metadata["eps"].flatMap(Double.init))
      momentum = try #require(file.metadata["momentum"].flatMap(Double.init))
      input = try file.tensor("input")
      upstream = try file.tensor("upstream")
      gamma = try file.tensor("weight")
      beta = try file.tensor("bias")
      statistics = try BatchNormalization.statistics(of: input)
    }

    var affine: BatchNormalization.Affine {
      BatchNormalization.Affine(gamma: gamma, beta: beta, epsilon: epsilon)
    }

    func error(_ result: Tensor, _ name: String, _ index: Int) throws -> Double {
      let magnitude = try Double(file.tensor("magnitudes")[index])
      return try largestDifference(result, file.tensor(name))
        / (BatchNormalizationTests.roundings * Tolerance.ulp * magnitude)
    }

    /// The running statistics of the file, and the momentum step towards those of the batch.
    func moved(_ name: String, towards values: [Double]) throws -> Tensor {
      let old = try file.tensor(name)
      return Tensor(
        zip(old.scalars, values).map { Float((1 - momentum) * Double($0) + momentum * $1) },
        shape: old.shape)
    }
  }

  @Test(arguments: names) func trainingEqualsPyTorch(name: String) throws {
    let example = try Case(name)
    let output = try BatchNormalization.apply(
      example.input, statistics: example.statistics, affine: example.affine,
      relu: false)
    #expect(try example.error(output, "output", 0) <= 1)
    var gradient = example.upstream
    let gradients = try BatchNormalization.backward(
      &gradient, input: example.input, statistics: example.statistics, affine: example.affine,
      relu: false)
    #expect(try example.error(gradient, "inputGradient", 1) <= 1)
    #expect(try example.error(gradients.gamma, "weightGradient", 2) <= 1)
    #expect(try example.error(gradients.beta, "biasGradient", 3) <= 1)
  }

  @Test(arguments: names) func runningStatisticsEqualPyTorch(name: String) throws {
    let example = try Case(name)
    let mean = try example.moved("runningMean", towards: example.statistics.mean)
    let largest = example.input.magnitudes.scalars.max()!
    #expect(
      try largestDifference(mean, example.file.tensor("newRunningMean"))
        <= 2 * Tolerance.ulp * Double(largest))
    let variance = try example.moved(
      "runningVariance", towards: example.statistics.unbiasedVariance)
    let scale = try example.file.tensor("newRunningVariance").scalars.max()!
    #expect(
      try largestDifference(variance, example.file.tensor("newRunningVariance"))
        <= 2 * Tolerance.ulp * Double(scale))
  }

  @Test(arguments: names) func inferenceEqualsPyTorch(name: String) throws {
    let example = try Case(name)
    let running = BatchNormalization.Statistics(
      mean: try example.file.tensor("runningMean").scalars.map(Double.init),
      variance: try example.file.tensor("runningVariance").scalars.map(Double.init), count: 1)
    var output = example.input
    try BatchNormalization.apply(
      to: &output, statistics: running, affine: example.affine,
      relu: false)
    // y = scale x + shift, each rounded once: |scale x| and |shift| bound the effect of a rounding.
    let magnitude =
      zip(zip(running.mean, running.variance), zip(example.gamma.scalars, example.beta.scalars)).map
    {
      let scale = abs(Double($1.0)) / ($0.1 + example.epsilon).squareRoot()
      return scale * (Double(example.input.magnitudes.scalars.max()!) + abs($0.0))
        + abs(Double($1.1))
    }.max()!
    #expect(
      try largestDifference(output, example.file.tensor("inference"))
        <= Self.roundings * Tolerance.ulp * magnitude)
  }

  /// ReLU in the same pass gives the same as ReLU after it, and its gradient before.
  @Test(arguments: names) func fusedReLUEqualsSeparate(name: String) throws {
    let example = try Case(name)
    func apply(relu: Bool) throws -> Tensor {
      try BatchNormalization.apply(
        example.input, statistics: example.statistics, affine: example.affine,
        relu: relu)
    }
    let output = try apply(relu: true)
    #expect(try largestDifference(output, Activation.relu(apply(relu: false))) == 0)
    func backward(_ gradient: inout Tensor, relu: Bool) throws -> (gamma: Tensor, beta: Tensor) {
      try BatchNormalization.backward(
        &gradient, input: example.input, statistics: example.statistics, affine: example.affine,
        relu: relu)
    }
    var fusedInput = example.upstream
    let fused = try backward(&fusedInput, relu: true)
    var separateInput = Activation.reluGradient(example.upstream, output: output)
    let separate = try backward(&separateInput, relu: false)
    #expect(largestDifference(fusedInput, separateInput) == 0)
    #expect(largestDifference(fused.gamma, separate.gamma) == 0)
    #expect(largestDifference(fused.beta, separate.beta) == 0)
  }

  /// Long enough for several partial sums per channel.
  @Test func sameBitsForAnyThreadCount() throws {
    var generator = SeededGenerator(seed: 59)
    let shape: Shape = [2, 2, 33, 34, 35]
    let (input, upstream) = (
      Tensor.normal(shape, using: &generator), Tensor.normal(shape, using: &generator)
    )
    let gamma = Tensor([1.5, 0.5], shape: [2])
    let affine = BatchNormalization.Affine(gamma: gamma, beta: gamma, epsilon: 1e-5)
    let isEqual = try isEqualForAnyThreadCount {
      let statistics = try BatchNormalization.statistics(of: input)
      let output = try BatchNormalization.apply(
        input, statistics: statistics, affine: affine, relu: true)
      var gradient = upstream
      let gradients = try BatchNormalization.backward(
        &gradient, input: input, statistics: statistics, affine: affine, relu: true)
      return [output.bits, gradient.bits, gradients.gamma.bits, gradients.beta.bits]
    }
    #expect(isEqual)
  }

  @Test func otherChannelCountIsRefused() throws {
    let x = Tensor(zeros: [1, 3, 2, 2, 2])
    let statistics = try BatchNormalization.statistics(of: x)
    #expect(throws: ShapeError.self) {
      try BatchNormalization.apply(
        x, statistics: statistics,
        affine: BatchNormalization.Affine(
          gamma: Tensor(zeros: [2]), beta: Tensor(zeros: [3]), epsilon: 1e-5), relu: false)
    }
  }
}
