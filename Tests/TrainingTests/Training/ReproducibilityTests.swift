import Compute
import Foundation
import Segmentation
import TestSupport
import Testing

/// The same bits for any number of threads, any depth of prefetching, any interruption.
@Suite struct ReproducibilityTests {
  /// Runs that between them use everything that has a state.
  static let cases: [(name: String, overrides: [String])] = [
    (
      "sgd, whole, average, plateau",
      [
        "optimizer={kind: sgd, learning_rate: 0.05, momentum: 0.9, nesterov: true}",
        "training.ema=0.8",
        "schedule={kind: plateau, patience: 0, factor: 0.5, min_delta: 0.3}",
        "training.early_stopping={patience: 7}",
      ]
    ),
    (
      "adam, ragged batches of patches, augmented",
      [
        "optimizer={kind: adam, learning_rate: 0.01, weight_decay: 0.001}",
        "sampling={mode: patches, patch: [6, 8, 8], patches_per_volume: 3}",
        "training.batch_size=2", "training.accumulate=2", "training.clip_norm=1",
        "schedule={kind: cosine, warmup: 0.5}",
        SampleSourceTests.everything,
      ]
    ),
    (
      "adamw, softmax, average of ragged accumulation",
      [
        "network.output=softmax", "network.initialization=orthogonal", "loss.kind=cross_entropy",
        "optimizer={kind: adamw, learning_rate: 0.01, weight_decay: 0.1}",
        "training.accumulate=3", "training.ema=0.5", "schedule={kind: one_cycle}",
        "augmentation={flips: study}", "validation.every=2", "validation.detection_radius=3",
      ]
    ),
  ]

  @Test(arguments: cases.indices)
  func threadsAndPrefetching(number: Int) throws {
    let run = try TrainingRun()
    let overrides = Self.cases[number].overrides
    let configuration = try run.configuration(overrides: overrides)
    try run.train(configuration, "one")
    let expected = try run.result("one")
    #expect(expected.history.count == 4 && !expected.best.isEmpty)

    try run.train(configuration, "two", threads: 2)
    #expect(try run.result("two") == expected)
    for depth in [0, 1, 7] {
      let name = "depth\(depth)"
      try run.train(
        try run.configuration(
          overrides: overrides + ["training.prefetch=\(depth)", "data.cache=0"]),
        name, threads: depth == 0 ? 2 : 1)
      #expect(try run.result(name) == expected)
    }
    let saving = try run.configuration(overrides: overrides + ["training.recompute=true"])
    try run.train(saving, "recomputed", threads: 2)
    #expect(try run.result("recomputed") == expected)
    // The comparison can fail.
    try run.train(try run.configuration(overrides: overrides + ["training.seed=1"]), "other")
    let other = try run.result("other")
    #expect(other.checkpoint != expected.checkpoint && other.history != expected.history)
    #expect(other.best != expected.best && other.position != expected.position)
  }

  @Test(arguments: cases.indices)
  func interruptions(number: Int) throws {
    let run = try TrainingRun()
    let configuration = try run.configuration(overrides: Self.cases[number].overrides)
    let (outcome, events) = try run.train(configuration, "whole")
    #expect(outcome == .finished)
    let expected = try run.result("whole")
    let updates = events.steps.count
    let perEpoch = try #require(events.steps.first).steps
    #expect(updates == 3 * perEpoch)

    // Once after every update: in mid-epoch, and at the end of an epoch before its validation.
    for stop in 1...updates {
      let name = "stop\(stop)"
      let first = try run.train(configuration, name, stoppingAfter: stop)
      #expect(first.outcome == .interrupted && first.events.steps.count == stop)
      let second = try run.train(configuration, name, resuming: true, threads: 2)
      #expect(second.outcome == .finished && second.events.steps.count == updates - stop)
      #expect(try run.result(name) == expected, "stopped after update \(stop)")
    }
  }

  /// The use of memory is not part of a run: saving memory may begin at any point.
  @Test func recomputingMayChangeOnResuming() throws {
    let run = try TrainingRun()
    let configuration = try run.configuration(overrides: Self.cases[0].overrides)
    try run.train(configuration, "whole")
    try run.train(configuration, "changed", stoppingAfter: 5)
    let saving = try run.configuration(
      overrides: Self.cases[0].overrides + ["training.recompute=true"])
    try run.train(saving, "changed", resuming: true)
    #expect(try run.result("changed") == run.result("whole"))
  }

  @Test func interruptedAfterEveryUpdate() throws {
    let run = try TrainingRun()
    let configuration = try run.configuration(overrides: Self.cases[0].overrides)
    try run.train(configuration, "whole")
    var calls = 1
    while try run.train(configuration, "pieces", stoppingAfter: 1, resuming: calls > 1).outcome
      == .interrupted
    {
      calls += 1
      try #require(calls < 50)
    }
    #expect(calls > 12)
    #expect(try run.result("pieces") == run.result("whole"))
    // A finished run that is resumed has nothing left to do.
    let again = try run.train(configuration, "pieces", resuming: true)
    #expect(again.outcome == .finished && again.events.steps.isEmpty)
    #expect(try run.result("pieces") == run.result("whole"))
  }

  /// More epochs, if the schedule allows them: the state of a plateau goes on.
  @Test(arguments: [
    "plateau, patience: 0, factor: 0.5, min_delta: 2", "step, every: 2", "constant",
  ])
  func moreEpochs(schedule: String) throws {
    let run = try TrainingRun()
    let long = try run.configuration("training.epochs=5", "schedule={kind: \(schedule)}")
    let short = try run.configuration("training.epochs=3", "schedule={kind: \(schedule)}")
    let whole = try run.train(long, "whole")
    try run.train(short, "pieces")
    try run.train(long, "pieces", resuming: true)
    let (pieces, expected) = (try run.result("pieces"), try run.result("whole"))
    #expect(pieces.history == expected.history && pieces.checkpoint == expected.checkpoint)
    let rates = whole.events.records.map(\.learningRate)
    #expect((Set(rates).count > 1) == (schedule != "constant"))
  }
}
