import Compute
import Foundation
import Networks
import Segmentation
import Tensors
import TestSupport
import Testing
import Training

/// One update of the trainer against the gradients that the network itself gives.
@Suite struct UpdateTests {
  /// The weights after one update of plain SGD at rate 1, w − Σ shareᵢ gᵢ, over these
  /// micro-batches.
  static func expected(
    _ configuration: TrainingConfiguration, microBatches: [Range<Int>]
  ) throws -> (weights: [String: [Double]], magnitudes: [String: Double]) {
    let pairs = try DataSet(configuration.data).split(configuration.data).training
    let cache = VolumeCache(
      Preparation(configuration), budget: configuration.data.cache)
    let source = SampleSource.training(pairs, configuration: configuration, cache: cache)
    let network = try UNet3D(
      configuration.network.architecture, initializer: configuration.network.initializer,
      seed: configuration.training.seed)
    let total = microBatches.reduce(0) { $0 + $1.count }
    var start = network
    var weights: [String: [Double]] = [:]
    start.forEachParameter { weights[$0.name] = $0.value.scalars.map(Double.init) }
    var magnitudes: [String: Double] = [:]
    for range in microBatches {
      var copy = network
      var workspace = Workspace()
      let batch = try Batch(range.map { try source.sample(epoch: 0, position: $0) })
      let (logits, tape) = try copy.forward(batch.images, workspace: &workspace)
      let (_, gradient) = try configuration.loss.loss(logits, target: batch.targets)
      _ = try copy.backward(gradient, tape: tape, workspace: &workspace)
      let share = Double(range.count) / Double(total)
      copy.forEachParameter { parameter in
        let values = parameter.gradient.scalars.map { share * Double($0) }
        weights[parameter.name] = zip(weights[parameter.name] ?? [], values).map { $0 - $1 }
        magnitudes[parameter.name, default: 0] += values.map(abs).max() ?? 0
      }
    }
    return (weights, magnitudes)
  }

  /// Two alone, two of a batch, and a ragged last batch of one.
  @Test(arguments: [
    (batch: 1, accumulate: 2, volumes: 2, microBatches: [0..<1, 1..<2]),
    (batch: 1, accumulate: 5, volumes: 3, microBatches: [0..<1, 1..<2, 2..<3]),
    (batch: 2, accumulate: 1, volumes: 2, microBatches: [0..<2]),
    (batch: 2, accumulate: 2, volumes: 3, microBatches: [0..<2, 2..<3]),
  ])
  func isTheMeanGradient(
    batch: Int, accumulate: Int, volumes: Int, microBatches: [Range<Int>]
  ) throws {
    let run = try TrainingRun(Array(TrainingRun.names.prefix(volumes)))
    let configuration = try run.configuration(
      "optimizer={kind: sgd, learning_rate: 1}", "training.epochs=1",
      "training.batch_size=\(batch)", "training.accumulate=\(accumulate)",
      "preprocessing.size=[12, 12, 12]", "loss.kind=bce_dice", validation: nil)
    let (_, events) = try run.train(configuration, "a")
    #expect(events.steps.count == 1)
    let (weights, magnitudes) = try Self.expected(configuration, microBatches: microBatches)
    let file = try SafeTensors(contentsOf: run.files("a").last)
    // The trainer scales the loss's gradient before the network's sums, the reference scales after.
    // The terms of those sums over 12³ voxels are no larger than the largest gradients (biases
    // ahead of a normalization cancel to zero but for rounding).
    let largest = magnitudes.values.max() ?? 0
    let bound = Tolerance.sum(terms: 12 * 12 * 12, magnitude: largest)
    for (name, values) in weights {
      let size = values.map(abs).max() ?? 0
      let difference = largestDifference(try file.doubles(name), values)
      #expect(difference <= bound + Tolerance.ulp * size, "\(name)")
    }
    // The norm that was reported is that of the mean gradient.
    let start = try UNet3D(
      configuration.network.architecture, initializer: configuration.network.initializer,
      seed: configuration.training.seed
    ).tensors
    var squares = 0.0
    for (name, values) in weights {
      for (after, before) in zip(values, try #require(start[name]).scalars) {
        squares += (after - Double(before)) * (after - Double(before))
      }
    }
    let norm = try #require(events.steps.first).gradientNorm
    #expect(abs(norm - squares.squareRoot()) <= 1e-4 * norm)
  }

  @Test func clippingLimitsTheStep() throws {
    let run = try TrainingRun(Array(TrainingRun.names.prefix(1)))
    let configuration = try run.configuration(
      "optimizer={kind: sgd, learning_rate: 1}", "training={epochs: 1, clip_norm: 0.01}",
      validation: nil)
    let (_, events) = try run.train(configuration, "a")
    #expect(try #require(events.steps.first).gradientNorm > 0.01)
    let start = try UNet3D(
      configuration.network.architecture, initializer: configuration.network.initializer,
      seed: configuration.training.seed
    ).tensors
    let file = try SafeTensors(contentsOf: run.files("a").last)
    var squares = 0.0
    for (name, tensor) in start where !name.contains("running_") {
      for (after, before) in zip(try file.doubles(name), tensor.scalars) {
        squares += (after - Double(before)) * (after - Double(before))
      }
    }
    #expect(abs(squares.squareRoot() - 0.01) < 1e-5)
  }

  /// Voxels that are ignored change neither loss, gradient nor IoU, whatever their value.
  @Test func ignoredVoxelsDoNotCount() throws {
    let run = try TrainingRun(ignored: 7)
    let overrides = ["data.ignore_value=7", "preprocessing.voxel=native", "training.epochs=2"]
    let configuration = try run.configuration(overrides: overrides)
    let (_, events) = try run.train(configuration, "a")
    // Recomputed by hand on the validation volume: only planes from the second on.
    let pairs = try DataSet(configuration.data).split(configuration.data).validation
    let cache = VolumeCache(
      Preparation(configuration), budget: configuration.data.cache)
    let sample = try SampleSource.validation(pairs, cache: cache).sample(epoch: 0, position: 0)
    let plane = sample.image.extent.height * sample.image.extent.width
    #expect(sample.target.voxels.prefix(plane).allSatisfy { $0 == -1 })
    #expect(sample.target.voxels.dropFirst(plane).allSatisfy { $0 >= 0 })
    let model = try Model(contentsOf: run.files("a").last)
    var workspace = Workspace()
    let logits = try model.network.predict(Batch([sample]).images, workspace: &workspace)
    var (both, either) = (0, 0)
    var (products, sums) = (0.0, 0.0)
    for (logit, target) in zip(logits.scalars, sample.target.voxels).dropFirst(plane) {
      let probability = 1 / (1 + exp(-Double(logit)))
      let isPredicted = logit >= 0
      both += isPredicted && target == 1 ? 1 : 0
      either += isPredicted || target == 1 ? 1 : 0
      products += probability * Double(target)
      sums += probability + Double(target)
    }
    let validation = try #require(events.records.last?.validation)
    #expect(abs(validation.iou - Double(both) / Double(either)) < 1e-12)
    let dice = (2 * products + 1) / (sums + 1)
    #expect(abs(validation.loss - (1 - dice)) < 1e-5)

    // The same with all targets of the first plane unlabeled but not ignored is another training.
    let counted = try run.configuration(overrides: Array(overrides.dropFirst()))
    try run.train(counted, "b")
    #expect(try run.result("b").history != run.result("a").history)
  }

  /// In the last epochs weights move and running statistics do not; they are those of the epoch
  /// before.
  @Test func fixedStatistics() throws {
    let run = try TrainingRun()
    func train(_ name: String, epochs: Int, fixed: Int) throws -> SafeTensors {
      let configuration = try run.configuration(
        "training.epochs=\(epochs)", "training.fixed_statistics=\(fixed)",
        "schedule.kind=constant")
      try run.train(configuration, name)
      return try SafeTensors(contentsOf: run.files(name).last)
    }
    let short = try train("short", epochs: 1, fixed: 0)
    let fixed = try train("fixed", epochs: 2, fixed: 1)
    let free = try train("free", epochs: 2, fixed: 0)
    for name in short.arrays.keys where name.contains("normalization") && !name.contains("/") {
      let before = try short.doubles(name)
      if name.contains("running_") {
        #expect(try fixed.doubles(name) == before, "\(name)")
        #expect(try free.doubles(name) != before, "\(name)")
      } else {
        #expect(try fixed.doubles(name) != before, "\(name)")
      }
    }
    #expect(try fixed.doubles("head.weight") != free.doubles("head.weight"))
  }

  /// Training that goes on from weights: the first loss is that of these weights, and others are
  /// refused.
  @Test func startingFromWeights() throws {
    let run = try TrainingRun()
    let first = try run.configuration("training.epochs=4", "validation.every=1")
    let (_, firstEvents) = try run.train(first, "first")
    let weights = run.files("first").last
    let second = try run.configuration(
      "network.weights=\(weights)", "optimizer.learning_rate=1e-12", "training.epochs=1",
      "training.fixed_statistics=1")
    let (_, events) = try run.train(second, "second")
    let start = try SafeTensors(contentsOf: weights)
    let end = try SafeTensors(contentsOf: run.files("second").last)
    for name in start.arrays.keys where !name.contains("/") {
      #expect(try largestDifference(end.doubles(name), start.doubles(name)) < 1e-6, "\(name)")
    }
    let scores = [firstEvents, events].map { $0.records.last?.validation?.iou }
    #expect(scores[0] != nil && scores[0] == scores[1])
    for (change, words) in [
      ("network.base=3", "holds a network of 2 levels, base 2"),
      ("preprocessing.scaling=none", "was trained on images prepared by"),
      ("network.weights=nothing.safetensors", "nothing.safetensors"),
    ] {
      let error = #expect(throws: (any Error).self) {
        try run.train(
          run.configuration("network.weights=\(weights)", change), "third")
      }
      #expect("\(error.map { "\($0)" } ?? "")".contains(words))
    }
  }
}
