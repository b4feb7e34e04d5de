import Compute
import Foundation
import Microscopy
import Morphometry
import Networks
import Segmentation
import Tensors

/// Trains one network on one split of a data set.
///
/// The same configuration and seed give the same bits in `history.csv` (except for the times) and
/// in the weights, for any number of threads and however often the run was interrupted and resumed.
public struct Trainer {
  /// The run's parameters.
  public let configuration: TrainingConfiguration
  /// The folder that receives `best.safetensors`, `last.safetensors`, `history.csv` and
  /// `config.yaml`.
  public let output: String
  /// What the run will do.
  public let plan: TrainingPlan
  let training: SampleSource
  let validator: Validator?
  let loss: any Loss
  let trainedVoxelSize: VoxelSize?
  let gridVoxelSize: VoxelSize?
  let volumes: Checkpoint.Volumes
  var state: TrainingState
  private let isResuming: Bool
  private let preparation: Preparation
  private let split: DataSet.Split

  /// How a run ended.
  public enum Outcome: Sendable, Hashable {
    /// All epochs are done, or early stopping ended it.
    case finished
    /// It was asked to stop; a resumed run goes on from the checkpoint.
    case interrupted
  }

  /// Prepares a run: reads the headers of all volumes, draws or restores the weights.
  ///
  /// - Parameters:
  ///   - configuration: The run's parameters.
  ///   - output: A folder that is new or holds no run; with `resuming`, the run's folder.
  ///   - fold: The fold that validates, if the configuration has folds.
  ///   - resuming: Whether to go on from the checkpoint in `output`; a run that has none yet begins.
  /// - Throws: An error of one line if data, configuration or checkpoint do not fit.
  public init(
    _ configuration: TrainingConfiguration, output: String, fold: String? = nil,
    resuming: Bool = false
  ) throws {
    self.output = output
    let folder = RunFolder(output)
    let hasCheckpoint = try folder.hasCheckpoint(resuming: resuming)
    let dataSet = try DataSet(configuration.data)
    // The chosen fold becomes part of the configuration, so that config.yaml names it and a resumed
    // run cannot take another.
    var configuration = configuration
    if let folds = configuration.data.folds {
      configuration.data.folds?.fold = try dataSet.fold(fold ?? folds.fold, by: folds.pattern).name
    }
    self.configuration = configuration
    let split = try dataSet.split(configuration.data)
    volumes = Checkpoint.Volumes(split)
    self.split = split
    preparation = Preparation(configuration)
    let cache = VolumeCache(preparation, budget: configuration.data.cache)
    let trainingExtents = try preparation.networkExtents(split.training)
    let validationExtents = try preparation.networkExtents(split.validation)
    let weighsVolumes = configuration.sampling.foregroundExponent > 0
    training = .training(
      split.training, configuration: configuration, cache: cache,
      foreground: weighsVolumes ? try preparation.foregroundCounts(split.training) : [])
    loss = configuration.loss.loss
    validator =
      split.validation.isEmpty
      ? nil
      : Validator(
        .validation(split.validation, cache: cache), configuration: configuration, loss: loss)
    let first = try split.training[0].imageFile.source()
    trainedVoxelSize = configuration.data.voxelSize ?? first.calibration.voxelSize
    gridVoxelSize = configuration.preprocessing.gridVoxelSize(of: trainedVoxelSize)

    let architecture = configuration.network.architecture
    var plan = try TrainingPlan(
      configuration, architecture: architecture, samples: training.count,
      training: trainingExtents, validation: validationExtents)
    plan.notes = FileNotes.lines(
      (split.training + split.validation).map { pair in
        (pair.image, (try? pair.imageFile.source())?.notes ?? [])
      })
    self.plan = plan
    // Besides, the stacks of the threads that make samples and write.
    try AddressSpace.require(plan.bytes + (32 << 20), for: output)
    state = TrainingState(
      network: try configuration.startingNetwork(),
      optimizer: configuration.optimizer.optimizer,
      schedule: TrainingSchedule(configuration, stepsPerEpoch: plan.stepsPerEpoch),
      average: configuration.training.ema.map { ExponentialMovingAverage(decay: $0) })
    isResuming = resuming
    if hasCheckpoint {
      try Checkpoint.read(
        folder.last, into: &state, configuration: configuration, volumes: volumes)
    }
  }

  /// Runs to the last epoch, to early stopping, or until `shouldStop` says so after an update.
  public mutating func run(
    shouldStop: () -> Bool = { false }, report: (TrainingEvent) -> Void = { _ in }
  ) throws -> Outcome {
    let folder = RunFolder(output)
    if try !folder.hasCheckpoint(resuming: isResuming) {
      do {
        try preparation.checkValues(training: split.training, validation: split.validation) {
          report(.checking(done: $0, total: $1))
          if shouldStop() { throw CancellationError() }
        }
      } catch is CancellationError {
        return .interrupted
      }
    }
    try folder.create()
    guard let lock = try FolderLock(output) else {
      throw TrainingError(
        output,
        "another process is training in this folder",
        advice: .either("wait for it", .chooseOutput))
    }
    defer { withExtendedLifetime(lock) {} }
    // Under the lock: the run's last process may have gone on until now.
    let hasCheckpoint = try folder.hasCheckpoint(resuming: isResuming)
    try folder.write(configuration: configuration)
    report(.plan(plan))
    if hasCheckpoint {
      try Checkpoint.read(
        folder.last, into: &state, configuration: configuration, volumes: volumes)
      report(.resumed(epoch: state.progress.epoch, step: state.progress.step))
      // It may have ended between the checkpoint and what follows from it.
      if isBestOfCheckpoint { try writeBest(to: folder.best) }
      try History.write(state.progress.history, to: folder.history)
    } else if isResuming {
      report(.nothingToResume)
    }
    var pace = Pace(plan, from: state.progress)
    var workspace = Workspace()
    while state.progress.epoch < configuration.training.epochs, !hasStoppedEarly {
      let isComplete = try runEpoch(
        pace: &pace, workspace: &workspace, shouldStop: shouldStop, report: report)
      guard isComplete else {
        try writeCheckpoint(to: folder.last)
        return .interrupted
      }
      try finishEpoch(folder, workspace: &workspace, report: report)
      if shouldStop(), state.progress.epoch < configuration.training.epochs {
        return .interrupted
      }
    }
    if hasStoppedEarly, let best = state.progress.best {
      report(.stoppedEarly(epoch: state.progress.epoch, best: best.iou))
    }
    return .finished
  }

  private var hasStoppedEarly: Bool {
    guard let rule = configuration.training.earlyStopping else { return false }
    return state.progress.stale >= rule.patience
  }

  /// Updates to the end of the epoch; false if it was asked to stop before.
  private mutating func runEpoch(
    pace: inout Pace, workspace: inout Workspace, shouldStop: () -> Bool,
    report: (TrainingEvent) -> Void
  ) throws -> Bool {
    let loop = configuration.training
    let (source, epoch) = (training, state.progress.epoch)
    let samples = Prefetcher(state.progress.sample..<source.count, depth: loop.prefetch) {
      try source.sample(epoch: epoch, position: $0)
    }
    defer { samples.cancel() }
    let start = ContinuousClock.now
    let before = state.progress.seconds
    while state.progress.sample < source.count {
      let size = min(loop.batchSize * loop.accumulate, source.count - state.progress.sample)
      let rate = state.schedule.rate(at: state.progress.step)
      let norm = try update(samples, count: size, rate: rate, workspace: &workspace)
      state.progress.seconds = before + start.duration(to: .now).inSeconds
      pace.advance(samples: size)
      report(.step(stepProgress(rate: rate, norm: norm, pace: pace)))
      if shouldStop() { return false }
    }
    return true
  }

  /// One update from `count` samples; returns the gradient norm before clipping.
  private mutating func update(
    _ samples: Prefetcher<Sample>, count: Int, rate: Double, workspace: inout Workspace
  ) throws -> Double {
    let loop = configuration.training
    clearGradients(of: &state.network)
    var names: [String] = []
    var taken = 0
    while taken < count {
      var micro: [Sample] = []
      while micro.count < min(loop.batchSize, count - taken), let sample = try samples.next() {
        micro.append(sample)
      }
      let batch = try Batch(micro)
      names += batch.names
      state.network.recomputesActivations = loop.recompute
      state.network.hasFixedStatistics = state.progress.epoch >= loop.epochs - loop.fixedStatistics
      let (logits, tape) = try state.network.forward(batch.images, workspace: &workspace)
      var (value, gradient) = try loss(logits, target: batch.targets)
      try requireFinite(value, "the loss", names: batch.names)
      state.progress.lossSum += value * Double(micro.count)
      state.progress.counts += ForegroundOverlap(
        logits: logits, targets: batch.targets, output: configuration.network.output,
        threshold: loop.threshold)
      // The mean over the update's samples, whatever the sizes of its micro-batches.
      if micro.count != count { gradient.scale(by: Float(micro.count) / Float(count)) }
      try state.network.backwardParameters(
        consume gradient, tape: consume tape, workspace: &workspace)
      taken += micro.count
    }
    let norm =
      loop.clipNorm.map { clipGradientNorm(of: &state.network, to: $0) }
      ?? gradientNorm(of: &state.network)
    try requireFinite(norm, "the gradient", names: names)
    state.optimizer.learningRate = rate
    state.optimizer.update(&state.network)
    state.average?.update(with: &state.network)
    state.progress.sample += count
    state.progress.step += 1
    return norm
  }

  /// Throws if `value`, of the update to come, is NaN or infinite.
  private func requireFinite(
    _ value: Double, _ what: String, names: [String]
  ) throws(TrainingError) {
    try Self.requireFinite(
      value, what, epoch: state.progress.epoch + 1, step: state.progress.step + 1, names: names)
  }

  static func requireFinite(
    _ value: Double, _ what: String, epoch: Int, step: Int, names: [String]
  ) throws(TrainingError) {
    guard !value.isFinite else { return }
    throw TrainingError(
      "epoch \(epoch), update \(step) (\(names.joined(separator: ", ")))",
      "\(what) is \(value.isNaN ? "NaN" : "infinite"); lower optimizer.learning_rate, set "
        + "training.clip_norm, or look for values that are not numbers in these volumes")
  }

  private func stepProgress(rate: Double, norm: Double, pace: Pace) -> StepProgress {
    let progress = state.progress
    return StepProgress(
      epoch: progress.epoch + 1, epochs: configuration.training.epochs,
      step: TrainingPlan.steps(samples: progress.sample, configuration.training),
      steps: plan.stepsPerEpoch,
      loss: progress.lossSum / Double(progress.sample), learningRate: rate, gradientNorm: norm,
      voxelsPerSecond: pace.voxelsPerSecond, gigaflops: pace.gigaflops,
      secondsLeft: pace.secondsLeft(progress))
  }
}
