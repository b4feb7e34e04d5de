import Foundation
import Microscopy
import Networks
import Segmentation
import Tensors
import TestSupport
import Testing
import Training

/// Ends of a run before its last epoch, and runs without validation.
@Suite struct StoppingTests {
  /// No gain counts, so the first validation is the last improvement.
  @Test(arguments: [1, 2]) func stopsAfterPatience(every: Int) throws {
    let run = try TrainingRun()
    let configuration = try run.configuration(
      "training={epochs: 12, early_stopping: {patience: 2, min_delta: 1}}",
      "validation.every=\(every)")
    let (outcome, events) = try run.train(configuration, "a")
    #expect(outcome == .finished)
    #expect(events.records.count == 3 * every)
    guard case .stoppedEarly(let epoch, let best) = try #require(events.last) else {
      Issue.record("the last event is \(events)")
      return
    }
    #expect(epoch == 3 * every)
    #expect(best == events.records.compactMap(\.validation?.iou).max())
    // Resuming finds nothing to do, unless it is given more patience.
    let again = try run.train(configuration, "a", resuming: true)
    #expect(again.outcome == .finished && again.events.steps.isEmpty)
    let patient = try run.configuration(
      "training={epochs: 12, early_stopping: {patience: 3, min_delta: 1}}",
      "validation.every=\(every)")
    #expect(try run.train(patient, "a", resuming: true).events.records.count == every)
  }

  @Test func everyGainCounts() throws {
    let run = try TrainingRun()
    let configuration = try run.configuration(
      "training={epochs: 8, early_stopping: {patience: 3}}")
    let (_, events) = try run.train(configuration, "a")
    // The rule by hand.
    var (best, stale, expected) = (-1.0, 0, 0)
    for record in events.records where stale < 3 {
      expected += 1
      let iou = try #require(record.validation?.iou)
      stale = iou > best ? 0 : stale + 1
      best = max(best, iou)
    }
    #expect(events.records.count == expected)
    #expect(stale == 3 || expected == 8)
  }

  @Test func notANumberNamesThePlace() throws {
    let run = try TrainingRun()
    let names = "(Emb0[12]_t00[12]|Emb03_t001)"
    // After many updates some loss is NaN; after a single one, that of the validation is.
    for (name, overrides, what) in [
      ("many", ["training.epochs=2"], "(loss|gradient)"),
      ("single", ["training.epochs=1", "training.accumulate=4"], "validation loss"),
    ] {
      let configuration = try run.configuration(
        overrides: ["optimizer={kind: sgd, learning_rate: 1e38}"] + overrides)
      let text = try RunFolderTests.message(run) { try run.train(configuration, name) }
      let pattern = try Regex(
        "^epoch [12], update \\d+ \\(\(names)(, \(names))*\\): the \(what) is (NaN|infinite); "
          + "lower optimizer.learning_rate")
      #expect(try pattern.firstMatch(in: text) != nil, "\(text)")
      #expect(!text.contains("\n"))
    }
  }

  /// The weights of the checkpoint before are still there.
  @Test func notANumberKeepsTheCheckpoint() throws {
    let run = try TrainingRun()
    let configuration = try run.configuration()
    try run.train(configuration, "a", stoppingAfter: 5)
    var file = try SafeTensors(contentsOf: run.files("a").last)
    // Finite, as a checkpoint must be, but infinity times zero at the first update.
    for (name, value) in [("decoder.0.normalization.1.weight", Float(3e38)), ("head.weight", 0)] {
      let shape = try file.tensor(name).shape
      file.arrays[name] = .float32(Tensor(repeating: value, shape: shape))
    }
    try file.write(to: run.files("a").last)
    let text = try RunFolderTests.message(run) {
      try run.train(configuration, "a", resuming: true)
    }
    #expect(text.hasPrefix("epoch 2, update 6 (Emb"), "\(text)")
    #expect(text.contains("): the loss is NaN; lower"), "\(text)")
    #expect(try SafeTensors(contentsOf: run.files("a").last).metadata == file.metadata)
  }

  @Test func anImageThatIsNotFiniteIsRefused() throws {
    let run = try TrainingRun()
    var (image, _) = SyntheticEmbryos.volume(
      seed: 1, extent: .init(depth: 7, height: 13, width: 12), voxelSize: nil)
    image[0, 0, 0] = 0
    var broken = image.map { Float($0) }
    broken.voxelSize = SyntheticEmbryos.voxelSize
    broken[3, 4, 5] = .nan
    try TIFF.write(broken, to: run.folder.path + "/images/Emb01_t002.tif")
    let configuration = try run.configuration()
    #expect(
      try RunFolderTests.message(run) { try run.train(configuration, "a") }
        .hasPrefix("RUN/images/Emb01_t002.tif: 1 voxel is NaN or infinite"))
  }

  /// Without validation the last epoch's weights are kept, averaged if an average is asked for.
  @Test func withoutValidation() throws {
    let run = try TrainingRun()
    for (name, ema) in [("plain", "training.prefetch=3"), ("averaged", "training.ema=0.5")] {
      let configuration = try run.configuration(ema, validation: nil)
      let (outcome, events) = try run.train(configuration, name)
      #expect(outcome == .finished && events.records.count == 3)
      #expect(events.records.allSatisfy { $0.validation == nil })
      #expect(try run.result(name).history.last?.hasSuffix(",,,,,,") == true)
      let best = try Model(contentsOf: run.files(name).best)
      #expect(best.description.epochs == 3 && best.description.validationIoU == nil)
      let last = try SafeTensors(contentsOf: run.files(name).last)
      for (key, tensor) in best.network.tensors where !key.contains("running_") {
        let stored = ema.contains("ema") ? "training/average/parameter.\(key)" : key
        #expect(try last.tensor(stored).isIdentical(to: tensor))
      }
    }
    #expect(try run.result("plain").best != run.result("averaged").best)
  }

  @Test func stoppingBetweenEpochs() throws {
    let run = try TrainingRun()
    let configuration = try run.configuration()
    var trainer = try Trainer(configuration, output: run.files("a").path)
    var isDone = false
    let outcome = try trainer.run(shouldStop: { isDone }) { event in
      if case .validating = event { isDone = true }
    }
    #expect(outcome == .interrupted)
    #expect(try run.result("a").history.count == 2)
    try run.train(configuration, "a", resuming: true)
    try run.train(configuration, "b")
    #expect(try run.result("a") == run.result("b"))
  }
}
