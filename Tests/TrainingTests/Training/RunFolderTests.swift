import Compute
import Foundation
import Networks
import Segmentation
import TestSupport
import Testing
import Training

/// What a run leaves behind, and what it refuses.
@Suite struct RunFolderTests {
  /// The error of `body` in words, with the run's folder as `RUN`.
  static func message(
    _ run: TrainingRun, _ body: () throws -> Void
  ) throws -> String {
    do {
      try body()
    } catch {
      return "\(error)".replacing(run.folder.path, with: "RUN")
    }
    Issue.record("nothing was thrown")
    return ""
  }

  @Test func bestHoldsTheBestEpoch() throws {
    let run = try TrainingRun()
    // A rate that rises too high, so that the best epoch is not the last; and averaged weights.
    for (name, extra) in [("plain", "training.prefetch=1"), ("averaged", "training.ema=0.3")] {
      let configuration = try run.configuration(
        "training.epochs=6", "optimizer={kind: sgd, learning_rate: 0.3}",
        "validation.detection_radius=3", extra)
      let (_, events) = try run.train(configuration, name)
      let records = events.records
      let best = try #require(
        records.reversed().max { ($0.validation?.iou ?? 0) < ($1.validation?.iou ?? 0) })
      let model = try Model(contentsOf: run.files(name).best)
      #expect(model.description.validationIoU == best.validation?.iou)
      // On a tie the first of the best epochs is kept.
      let first = try #require(records.first { $0.validation?.iou == best.validation?.iou })
      #expect(model.description.epochs == first.epoch)

      // The IoU and the loss recomputed from the file.
      let cache = VolumeCache(
        Preparation(configuration), budget: ByteCount(0))
      let pairs = try DataSet(configuration.data).split(configuration.data).validation
      #expect(pairs.map(\.stem) == ["Emb03_t001"])
      let sample = try SampleSource.validation(pairs, cache: cache).sample(epoch: 0, position: 0)
      let batch = try Batch([sample])
      var workspace = Workspace()
      let logits = try InferenceNetwork(model.network).predict(
        batch.images, workspace: &workspace)
      var (both, either) = (0, 0)
      for (logit, target) in zip(logits.scalars, sample.target.voxels) {
        both += logit >= 0 && target == 1 ? 1 : 0
        either += logit >= 0 || target == 1 ? 1 : 0
      }
      let iou = Double(both) / Double(either)
      #expect(abs(iou - (first.validation?.iou ?? 2)) < 1e-12)
      let loss = try configuration.loss.loss(logits, target: batch.targets).value
      #expect(loss == first.validation?.loss)
      // The checkpoint is a model, too, of the last epoch.
      #expect(try Model(contentsOf: run.files(name).last).description.epochs == 6)
    }
  }

  @Test func theTableParses() throws {
    let run = try TrainingRun()
    let (_, events) = try run.train(
      try run.configuration("validation={every: 2, detection_radius: 4}"), "a")
    let text = try String(contentsOfFile: run.files("a").history, encoding: .utf8)
    #expect(text.hasSuffix("\n") && !text.contains("\r"))
    let rows = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(
      rows[0] == [
        "epoch", "step", "learning_rate", "train_loss", "train_iou", "val_loss", "val_iou",
        "val_iou_sd", "val_detection_precision", "val_detection_recall", "val_detection_f1",
        "seconds",
      ])
    #expect(rows.count == 4 && rows.allSatisfy { $0.count == 12 })
    for (row, record) in zip(rows.dropFirst(), events.records) {
      #expect(Int(row[0]) == record.epoch && Int(row[1]) == record.step)
      let measured: [(Int, Double?)] = [
        (2, record.learningRate), (3, record.trainingLoss), (4, record.trainingIoU),
        (5, record.validation?.loss), (6, record.validation?.iou),
        (7, record.validation?.iouDeviation), (8, record.validation?.detection?.precision),
        (9, record.validation?.detection?.recall), (10, record.validation?.detection?.f1),
      ]
      for (field, value) in measured {
        guard let value else {
          #expect(row[field].isEmpty)
          continue
        }
        let written = try #require(Double(row[field]))
        #expect(abs(written - value) <= 1e-5 * abs(value))
      }
    }
    // Every second epoch, and after the last.
    #expect(events.records.map { $0.validation != nil } == [false, true, true])
    #expect(events.records.map(\.step) == [4, 8, 12])
  }

  @Test func theConfigurationIsWritten() throws {
    let run = try TrainingRun()
    let configuration = try run.configuration("training.epochs=1")
    try run.train(configuration, "a")
    let written = try TrainingConfiguration.load(path: run.files("a").configuration)
    #expect(configuration.differences(from: written).isEmpty)
  }

  @Test func anEarlierRunIsProtected() throws {
    let run = try TrainingRun()
    let configuration = try run.configuration("training.epochs=1")
    try run.train(configuration, "a")
    #expect(
      try Self.message(run) { try run.train(configuration, "a") }
        == "RUN/runs/a: already holds a run; resume it, or choose another output")
    try FileManager.default.removeItem(atPath: run.files("a").last)
    #expect(
      try Self.message(run) { try run.train(configuration, "a") }
        == "RUN/runs/a/best.safetensors: holds the weights of an earlier run; choose another "
        + "output")
    // Weights that a run from the beginning would not make again are protected from --resume, too.
    var best = try Model(contentsOf: run.files("a").best)
    best.description.epochs = 2
    try best.write(to: run.files("a").best)
    #expect(
      try Self.message(run) { try run.train(configuration, "a", resuming: true) }
        == "RUN/runs/a/best.safetensors: holds the weights of an earlier run; choose another "
        + "output")
  }

  /// A run may be killed between any two of the files that it writes: resumed, it ends with the
  /// bytes of a run that was never killed.
  @Test(arguments: [(0.0, "Emb03_*"), (0.3, "Emb03_*"), (0.3, nil)])
  func everyStateOfTheFolderCanBeResumed(average: Double, validation: String?) throws {
    let run = try TrainingRun()
    let files = FileManager.default
    let extra = average > 0 ? "training.ema=\(average)" : "training.prefetch=1"
    let configuration = try run.configuration(
      "training.epochs=3", extra, validation: validation)
    try run.train(configuration, "whole")
    func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }
    let best = try bytes(run.files("whole").best)
    let one = try run.configuration("training.epochs=1", extra, validation: validation)
    for (name, removed) in [
      ("no-best", ["best", "history"]), ("no-history", ["history"]),
      ("no-last", ["last", "history"]), ("nothing", ["best", "last", "history"]),
      ("empty", ["best", "last", "history", "config"]),
    ] {
      try run.train(one, name)
      let folder = run.files(name)
      let paths = [
        "best": folder.best, "last": folder.last, "history": folder.history,
        "config": folder.configuration,
      ]
      for path in removed { try files.removeItem(atPath: try #require(paths[path])) }
      let (_, events) = try run.train(configuration, name, resuming: true)
      #expect(try bytes(folder.best) == best, "\(name)")
      let begins = events.contains { if case .nothingToResume = $0 { true } else { false } }
      #expect(begins == removed.contains("last"), "\(name)")
    }
    // Killed after the last checkpoint: only what follows from it is written.
    try files.removeItem(atPath: run.files("whole").best)
    try run.train(configuration, "whole", resuming: true)
    #expect(try bytes(run.files("whole").best) == best)
  }

  @Test func aFileIsNoRunFolder() throws {
    let run = try TrainingRun()
    try run.folder.write("text", to: "runs/a")
    let configuration = try run.configuration()
    #expect(
      try Self.message(run) { try run.train(configuration, "a") }
        == "RUN/runs/a: the folder cannot be made: a part of the path is a file, not a folder; "
        + "choose another output")
  }

  @Test func resumingNeedsTheSameConfiguration() throws {
    let run = try TrainingRun()
    try run.train(try run.configuration(), "a", stoppingAfter: 2)
    for (override, key) in [
      ("optimizer.learning_rate=0.02", "optimizer.learning_rate"),
      ("network.base=4", "network.base"),
      ("training.seed=3", "training.seed"),
      ("augmentation={gamma: {}}", "augmentation.gamma"),
      ("preprocessing.scaling=percentile", "preprocessing.scaling"),
      ("training.ema=0.9", "training.ema"),
      ("schedule={kind: step}", "schedule.kind"),
      ("data.validation=Emb02_*", "data.validation"),
    ] {
      let changed = try run.configuration(override)
      let text = try Self.message(run) { try run.train(changed, "a", resuming: true) }
      #expect(
        text.hasPrefix("RUN/runs/a/last.safetensors: was written by another configuration")
          && text.contains(key) && text.hasSuffix("; restore the values, or choose another output"),
        "\(text)")
    }
    // The length matters where the schedule depends on it.
    try run.train(try run.configuration("schedule={kind: cosine}"), "b", stoppingAfter: 2)
    let longer = try run.configuration("schedule={kind: cosine}", "training.epochs=9")
    #expect(
      try Self.message(run) { try run.train(longer, "b", resuming: true) }
        .contains("differs in training.epochs;"))
    // What does not change the run may change.
    let free = try run.configuration(
      "name=other", "data.cache=1M", "training.prefetch=2", "training.epochs=4")
    #expect(try run.train(free, "a", resuming: true).outcome == .finished)
  }

  @Test func resumingNeedsTheSameVolumes() throws {
    let run = try TrainingRun()
    let configuration = try run.configuration()
    try run.train(configuration, "a", stoppingAfter: 3)
    for part in ["images", "nsn"] {
      try FileManager.default.removeItem(atPath: run.folder.path + "/\(part)/Emb01_t002.tif")
    }
    #expect(
      try Self.message(run) { try run.train(configuration, "a", resuming: true) }
        == "RUN/runs/a/last.safetensors: was written with other volumes to train (4, now 3; "
        + "Emb01_t002.tif); restore the data set, or choose another output")
  }

  @Test func resumingNeedsTheSameFold() throws {
    let run = try TrainingRun()
    let configuration = try run.configuration(
      #"data.folds={pattern: "Emb(\\d+)"}"#, validation: nil)
    try run.train(configuration, "a", stoppingAfter: 1, fold: "02")
    let written = try TrainingConfiguration.load(path: run.files("a").configuration)
    #expect(written.data.folds?.fold == "02")
    for fold in ["01", nil] {
      #expect(
        try !Self.message(run) { try run.train(configuration, "a", resuming: true, fold: fold) }
          .isEmpty)
    }
    let (outcome, events) = try run.train(configuration, "a", resuming: true, fold: "02")
    #expect(outcome == .finished && events.records.last?.step == 9)
  }

  @Test func weightsAreNoCheckpoint() throws {
    let run = try TrainingRun()
    let configuration = try run.configuration("training.epochs=1")
    try run.train(configuration, "a")
    try FileManager.default.removeItem(atPath: run.files("a").last)
    try FileManager.default.copyItem(atPath: run.files("a").best, toPath: run.files("a").last)
    #expect(
      try Self.message(run) { try run.train(configuration, "a", resuming: true) }
        == "RUN/runs/a/last.safetensors: holds weights without the state of a training; it cannot "
        + "resume")
  }

  @Test func oneProcessAtATime() throws {
    let run = try TrainingRun()
    let configuration = try run.configuration("training.epochs=1")
    let folder = run.files("locked").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let message = try Self.message(run) {
      guard let lock = try FolderLock(folder) else {
        Issue.record("a new folder is locked")
        return
      }
      defer { withExtendedLifetime(lock) {} }
      var trainer = try Trainer(configuration, output: folder)
      _ = try trainer.run()
    }
    #expect(
      message
        == "RUN/runs/locked: another process is training in this folder; wait for it, or choose another "
        + "output")
    // The lock is gone with its holder.
    var trainer = try Trainer(configuration, output: folder)
    #expect(try trainer.run() == .finished)
  }
}
