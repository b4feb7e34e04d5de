import Compute
import Foundation
import Networks
import Pipeline
import Tensors
import TestSupport
import Testing

/// One update of the trainer against the gradients that the network itself gives.
@Suite struct UpdateTests {
  /// The weights after one update of plain SGD at rate 1, w − Σ shareᵢ gᵢ, over these micro-batches.
  static func expected(
    _ configuration: TrainingConfiguration, microBatches: [Range<Int>]
  ) throws -> (weights: [String: [Double]], magnitudes: [String: Double]) {
    let pairs = try DataSet(configuration.data).split(configuration.data).training
    let cache = VolumeCache(
      Preparation(configuration, loader: TIFFLoader()), budget: configuration.data.cache)
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
    for (name, values) in weights {
      let found = try file.doubles(name)
      let largest = values.map(abs).max() ?? 0
      // The same kernels made the gradients; only a few roundings of sums differ.
      let bound = 8 * Tolerance.ulp * (largest + (magnitudes[name] ?? 0))
      #expect(largestDifference(found, values) <= bound, "\(name)")
    }
    // The norm that was reported is that of the mean gradient.
    let start = try UNet3D(
      configuration.network.architecture, initializer: configuration.network.initializer,
      seed: configuration.training.seed
    ).tensors
    let squares = weights.reduce(0.0) { sum, entry in
      sum
        + zip(entry.value, start[entry.key]?.scalars ?? []).reduce(0) {
          $0 + ($1.0 - Double($1.1)) * ($1.0 - Double($1.1))
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
    let configuration = try ReproducibilityTests.configuration(run, overrides)
    let (_, events) = try run.train(configuration, "a")
    // Recomputed by hand on the validation volume: only planes from the second on.
    let pairs = try DataSet(configuration.data).split(configuration.data).validation
    let cache = VolumeCache(
      Preparation(configuration, loader: TIFFLoader()), budget: configuration.data.cache)
    let sample = try SampleSource.validation(pairs, cache: cache).sample(epoch: 0, position: 0)
    let plane = sample.image.extent.height * sample.image.extent.width
    #expect(sample.target.voxels.prefix(plane).allSatisfy { $0 == -1 })
    #expect(sample.target.voxels.dropFirst(plane).allSatisfy { $0 >= 0 })
    let model = try Model(contentsOf: run.files("a").last)
    var workspace = Workspace()
    let logits = try model.network.predict(Batch([sample]).images, workspace: &workspace)
    let pairsOfVoxels = zip(logits.scalars, sample.target.voxels).dropFirst(plane)
      .map { (1 / (1 + exp(-Double($0))), Double($1)) }
    let overlap = pairsOfVoxels.reduce(into: (0, 0)) {
      $0.0 += $1.0 >= 0.5 && $1.1 == 1 ? 1 : 0
      $0.1 += $1.0 >= 0.5 || $1.1 == 1 ? 1 : 0
    }
    let validation = try #require(events.records.last?.validation)
    #expect(abs(validation.iou - Double(overlap.0) / Double(overlap.1)) < 1e-12)
    let products = pairsOfVoxels.reduce(0) { $0 + $1.0 * $1.1 }
    let sums = pairsOfVoxels.reduce(0) { $0 + $1.0 + $1.1 }
    #expect(abs(validation.loss - (1 - (2 * products + 1) / (sums + 1))) < 1e-5)

    // The same with all targets of the first plane unlabeled but not ignored is another training.
    let counted = try ReproducibilityTests.configuration(run, Array(overrides.dropFirst()))
    try run.train(counted, "b")
    #expect(try run.result("b").history != run.result("a").history)
  }
}
