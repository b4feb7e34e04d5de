import Networks
import Tensors
import TestSupport
import Testing

/// Ten steps against PyTorch in float64 (Fixtures/optimizers/make.py).
@Suite struct OptimizerFixtureTests {
  static let variants: [(String, any Optimizer)] = [
    ("sgd", SGD(learningRate: 0.1)),
    ("sgd-decay", SGD(learningRate: 0.1, weightDecay: .coupled(0.3))),
    ("sgd-momentum", SGD(learningRate: 0.1, momentum: 0.9)),
    ("sgd-momentum-decay", SGD(learningRate: 0.1, momentum: 0.9, weightDecay: .coupled(0.3))),
    ("sgd-nesterov", SGD(learningRate: 0.1, momentum: 0.9, isNesterov: true)),
    (
      "sgd-nesterov-decay",
      SGD(learningRate: 0.1, momentum: 0.9, isNesterov: true, weightDecay: .coupled(0.3))
    ),
    ("adam", Adam(learningRate: 0.1)),
    (
      "adam-decay",
      Adam(learningRate: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-4, weightDecay: .coupled(0.3))
    ),
    ("adamw", Adam.adamW(learningRate: 0.1)),
    (
      "adamw-decay",
      Adam.adamW(learningRate: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-4, decay: 0.3)
    ),
    ("adam-schedule", Adam(learningRate: 0.1)),
    ("sgd-schedule", SGD(learningRate: 0.1, momentum: 0.9)),
  ]

  /// The model at the fixture's start.
  static func start(_ file: SafeTensors) throws -> ToyModel {
    ToyModel(weight: try file.tensor("weight.start"), bias: try file.tensor("bias.start"))
  }

  /// The slice `step` of `[steps, …]`, in the shape of `like`.
  static func slice(_ tensor: Tensor, _ step: Int, like: Tensor) -> Tensor {
    Tensor(tensor.scalars[step * like.count..<(step + 1) * like.count], shape: like.shape)
  }

  /// Gives the model the gradients of a step.
  static func load(_ step: Int, _ file: SafeTensors, _ model: inout ToyModel) throws {
    model.weight.gradient = slice(
      try file.tensor("weight.gradients"), step, like: model.weight.value)
    model.bias.gradient = slice(try file.tensor("bias.gradients"), step, like: model.bias.value)
  }

  @Test(arguments: variants.indices)
  func equalsPyTorch(index: Int) throws {
    var (name, optimizer) = Self.variants[index]
    let file = try Fixture.load("optimizers/steps", bundle: .module)
    var model = try Self.start(file)
    let weights = try file.doubles("\(name).weight")
    let biases = try file.doubles("\(name).bias")
    // Each step rounds the weight (at most 32 here) and, over the steps, a few moments.
    func largest(_ values: [Double], _ actual: [Float], _ step: Int) -> Double {
      zip(actual, values[step * actual.count..<(step + 1) * actual.count])
        .map { abs(Double($0) - $1) / max(1, abs($1)) }.max() ?? .infinity
    }
    for step in 0..<10 {
      if name.hasSuffix("schedule") {
        optimizer.learningRate = [0.1, 0.05, 0.025][min(step, 2)]
        for _ in 2..<max(step, 2) { optimizer.learningRate /= 2 }
      }
      try Self.load(step, file, &model)
      optimizer.update(&model)
      let tolerance = Tolerance.ulp * 8 * Double(step + 1)
      #expect(largest(weights, model.weight.value.scalars, step) <= tolerance, "\(name) \(step)")
      #expect(largest(biases, model.bias.value.scalars, step) <= tolerance, "\(name) \(step)")
    }
    #expect(optimizer.stepCount == 10)
  }

  @Test(arguments: [1.0, 1000.0])
  func clippingEqualsPyTorch(limit: Double) throws {
    let file = try Fixture.load("optimizers/steps", bundle: .module)
    var model = try Self.start(file)
    try Self.load(0, file, &model)
    let norm = clipGradientNorm(of: &model, to: limit)
    let name = "clip-\(Int(limit))"
    let reference = try file.doubles("\(name).norm")[0]
    #expect(abs(norm - reference) <= 1e-13 * reference)
    for parameter in [model.weight, model.bias] {
      let expected = try file.doubles("\(name).\(parameter.name)")
      for (a, b) in zip(parameter.gradient.scalars, expected) {
        #expect(abs(Double(a) - b) <= 3 * Tolerance.ulp * abs(b))
      }
    }
    if limit == 1 {
      #expect(abs(gradientNorm(of: &model) - norm / (norm + 1e-6)) <= 4 * Tolerance.ulp)
    }
  }

  @Test func averageEqualsPyTorch() throws {
    let file = try Fixture.load("optimizers/steps", bundle: .module)
    var model = try Self.start(file)
    var average = ExponentialMovingAverage(decay: 0.9)
    for step in 0..<10 {
      model.weight.value = Self.slice(try file.tensor("sgd.weight"), step, like: model.weight.value)
      model.bias.value = Self.slice(try file.tensor("sgd.bias"), step, like: model.bias.value)
      model.statistics.value = Tensor(repeating: Float(step), shape: [2])
      average.update(with: &model)
    }
    let last = model
    average.swap(with: &model)
    for parameter in [model.weight, model.bias] {
      let expected = try file.doubles("average.\(parameter.name)").map { Float($0) }
      let largest = expected.reduce(0) { max($0, Double(abs($1))) }
      #expect(largestDifference(parameter.value.scalars, expected) <= 20 * Tolerance.ulp * largest)
    }
    #expect(model.statistics.value.scalars == [9, 9])
    average.swap(with: &model)
    #expect(model.weight.value.scalars == last.weight.value.scalars)
    #expect(model.bias.value.scalars == last.bias.value.scalars)
  }
}
