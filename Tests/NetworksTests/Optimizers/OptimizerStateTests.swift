import Compute
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Resuming, threads, and what must not change.
@Suite struct OptimizerStateTests {
  static let optimizers = OptimizerFixtureTests.variants

  /// A model of more than one piece per tensor.
  static func model(_ generator: inout SeededGenerator) -> ToyModel {
    func random(_ shape: Shape) -> Tensor {
      Tensor((0..<shape.count).map { _ in Float(generator.normal()) }, shape: shape)
    }
    return ToyModel(weight: random([40, 1001]), bias: random([33]))
  }

  static func setGradients(_ model: inout ToyModel, step: Int) {
    var generator = SeededGenerator(seed: 11, stream: UInt64(step))
    model.forEachParameter { parameter in
      parameter.gradient = Tensor(
        (0..<parameter.value.count).map { _ in Float(generator.normal()) },
        shape: parameter.value.shape)
    }
  }

  @Test(arguments: optimizers.indices)
  func resumesBitForBit(index: Int) throws {
    var optimizer = Self.optimizers[index].1
    var average = ExponentialMovingAverage(decay: 0.9)
    var generator = SeededGenerator(seed: 12)
    var model = Self.model(&generator)
    var resumed = model
    for step in 0..<3 {
      Self.setGradients(&model, step: step)
      optimizer.update(&model)
      average.update(with: &model)
    }
    // Through a file, into an optimizer that has seen something else.
    var checkpoint = SafeTensors(arrays: optimizer.state(prefix: "optimizer."))
    checkpoint.arrays.merge(average.state(prefix: "average.")) { a, _ in a }
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try checkpoint.write(to: path)
    let file = try SafeTensors(contentsOf: path)
    var second = Self.optimizers[index].1
    Self.setGradients(&resumed, step: 99)
    second.update(&resumed)
    resumed = model
    try second.restore(file, prefix: "optimizer.", for: &resumed)
    var secondAverage = ExponentialMovingAverage(decay: 0.9)
    try secondAverage.restore(file, prefix: "average.", for: &resumed)
    #expect(second.stepCount == 3 && secondAverage.updateCount == 3)
    for step in 3..<6 {
      Self.setGradients(&model, step: step)
      optimizer.update(&model)
      average.update(with: &model)
      Self.setGradients(&resumed, step: step)
      second.update(&resumed)
      secondAverage.update(with: &resumed)
    }
    #expect(resumed.weight.value.scalars == model.weight.value.scalars)
    #expect(resumed.bias.value.scalars == model.bias.value.scalars)
    average.swap(with: &model)
    secondAverage.swap(with: &resumed)
    #expect(resumed.weight.value.scalars == model.weight.value.scalars)
  }

  @Test(arguments: optimizers.indices)
  func sameBitsForAnyNumberOfThreads(index: Int) {
    var results: [[Float]] = []
    for threads in [1, 2, 5] {
      Parallel.$threads.withValue(threads) {
        var optimizer = Self.optimizers[index].1
        var generator = SeededGenerator(seed: 13)
        var model = Self.model(&generator)
        var average = ExponentialMovingAverage(decay: 0.5)
        for step in 0..<3 {
          Self.setGradients(&model, step: step)
          clipGradientNorm(of: &model, to: 100)
          optimizer.update(&model)
          average.update(with: &model)
        }
        average.swap(with: &model)
        results.append(model.weight.value.scalars)
      }
    }
    #expect(results[1] == results[0])
    #expect(results[2] == results[0])
  }

  /// No step copies what it changes: weights and moments would take their memory twice.
  @Test(arguments: optimizers.indices)
  func stepsChangeInPlace(index: Int) {
    var optimizer = Self.optimizers[index].1
    var generator = SeededGenerator(seed: 14)
    var model = Self.model(&generator)
    func place(_ tensor: Tensor) -> UInt { tensor.withPointer { UInt(bitPattern: $0) } }
    func step(_ number: Int) -> [String: UInt] {
      Self.setGradients(&model, step: number)
      optimizer.update(&model)
      var places = ["": place(model.weight.value)]
      for (name, array) in optimizer.state(prefix: "state.") {
        if case .float32(let tensor) = array { places[name] = place(tensor) }
      }
      return places
    }
    let first = step(0)
    for number in 1..<4 { #expect(step(number) == first) }
  }

  @Test func decayWorksOnWeightsAlone() {
    let one = Tensor(repeating: 1, shape: [4])
    for var optimizer: any Optimizer in [
      SGD(learningRate: 0.5, weightDecay: .decoupled(0.5)),
      SGD(learningRate: 0.5, momentum: 0.9, weightDecay: .decoupled(0.5)),
      SGD(learningRate: 0.5, weightDecay: .coupled(0.5)),
      Adam(learningRate: 0.5, weightDecay: .decoupled(0.5)),
    ] {
      var model = ToyModel(weight: one, bias: one)
      optimizer.update(&model)
      // The gradient is zero: only decay acts, w(1 − ηλ).
      #expect(model.weight.value.scalars == [0.75, 0.75, 0.75, 0.75])
      #expect(model.bias.value.scalars == [1, 1, 1, 1])
    }
  }

  @Test func clippingLeavesBadGradientsAlone() {
    var model = ToyModel(weight: Tensor(zeros: [3]), bias: Tensor(zeros: [1]))
    model.weight.gradient = Tensor([1, .infinity, 2], shape: [3])
    #expect(clipGradientNorm(of: &model, to: 1) == .infinity)
    #expect(model.weight.gradient.scalars == [1, .infinity, 2])
    model.weight.gradient = Tensor([.nan, 1, 2], shape: [3])
    #expect(clipGradientNorm(of: &model, to: 1).isNaN)
    #expect(model.weight.gradient.scalars[1...] == [1, 2])
    // Squares that overflow float32 do not overflow the norm.
    model.weight.gradient = Tensor([3e30, 4e30, 0], shape: [3])
    let norm = clipGradientNorm(of: &model, to: 5)
    #expect(abs(norm / 5e30 - 1) < 1e-6)
    #expect(largestDifference(model.weight.gradient.scalars, [3, 4, 0]) < 1e-5)
    clearGradients(of: &model)
    #expect(model.weight.gradient.scalars == [0, 0, 0])
    #expect(clipGradientNorm(of: &model, to: 5) == 0)
  }

  @Test func wrongCheckpointsChangeNothing() throws {
    let tensor = Tensor(repeating: 1, shape: [2])
    var model = ToyModel(weight: tensor, bias: tensor)
    var optimizer = SGD(learningRate: 1, momentum: 0.5)
    optimizer.update(&model)
    func message(_ arrays: [String: SafeTensors.Array]) -> String {
      do throws(WeightsError) {
        try optimizer.restore(SafeTensors(arrays: arrays), prefix: "o.", for: &model)
      } catch { return error.description }
      return ""
    }
    var arrays = optimizer.state(prefix: "o.")
    #expect(arrays.keys.sorted() == ["o.step", "o.velocity.bias", "o.velocity.weight"])
    arrays["o.velocity.bias"] = nil
    #expect(message(arrays) == "weights, tensor \"o.velocity.bias\": the file has no such tensor")
    arrays["o.velocity.bias"] = .float32(Tensor(zeros: [3]))
    #expect(
      message(arrays) == "weights, tensor \"o.velocity.bias\": expected shape [2], found [3]")
    arrays["o.step"] = .int64([-1], shape: [])
    #expect(message(arrays).contains("expected one number of steps"))
    #expect(message([:]) == "weights, tensor \"o.step\": the file has no such tensor")
    #expect(optimizer.stepCount == 1)
    // Before the first step there are no moments to restore.
    #expect(message(SGD(learningRate: 1, momentum: 0.5).state(prefix: "o.")) == "")
    #expect(optimizer.stepCount == 0)
  }
}
