import Compute
import Foundation
import Networks
import Segmentation

/// What happens when an epoch is done.
extension Trainer {
  /// Validates, records, and keeps a checkpoint and the best weights.
  ///
  /// The checkpoint comes first: all else follows from it, and a run that is killed in between
  /// writes it when it is resumed.
  mutating func finishEpoch(
    _ folder: RunFolder, workspace: inout Workspace, report: (TrainingEvent) -> Void
  ) throws {
    let progress = state.progress
    var record = EpochRecord(
      epoch: progress.epoch + 1, step: progress.step,
      learningRate: state.schedule.rate(at: progress.step - 1),
      trainingLoss: progress.lossSum / Double(progress.sample),
      trainingIoU: progress.counts.intersectionOverUnion, validation: nil,
      seconds: progress.seconds)
    let isLast = record.epoch == configuration.training.epochs
    var isBest = false
    if let validator, isLast || record.epoch.isMultiple(of: configuration.validation.every) {
      let start = ContinuousClock.now
      let total = plan.validationVolumes
      // If there is an average, its weights are validated and kept.
      state.average?.swap(with: &state.network)
      let validation = try validator.validate(state.network, workspace: &workspace) {
        (name: String, loss: Double, done: Int) in
        try Self.requireFinite(
          loss, "the validation loss", epoch: record.epoch, step: progress.step, names: [name])
        report(.validating(done: done, total: total))
      }
      record.validation = validation
      record.seconds += start.duration(to: .now).inSeconds
      isBest = note(validation, epoch: record.epoch)
      state.average?.swap(with: &state.network)
    }
    state.progress.history.append(record)
    state.progress.epoch += 1
    state.progress.sample = 0
    state.progress.lossSum = 0
    state.progress.counts = .zero
    state.progress.seconds = 0
    try writeCheckpoint(to: folder.last)
    if isBestOfCheckpoint { try writeBest(to: folder.best) }
    try History.write(state.progress.history, to: folder.history)
    report(.epoch(record, isBest: isBest))
  }

  /// Takes a validation into account; true if it is the best so far.
  private mutating func note(_ validation: EpochRecord.Validation, epoch: Int) -> Bool {
    let iou = validation.iou
    state.schedule.observe(validationIoU: iou)
    if let rule = configuration.training.earlyStopping {
      if state.progress.staleReference.map({ iou > $0 + rule.minimumDelta }) ?? true {
        state.progress.staleReference = iou
        state.progress.stale = 0
      } else {
        state.progress.stale += 1
      }
    }
    guard state.progress.best.map({ iou > $0.iou }) ?? true else { return false }
    state.progress.best = .init(epoch: epoch, iou: iou)
    return true
  }

  /// The model that the current weights of the network make.
  func model() -> Model {
    var description = Model.Description(
      name: configuration.name, kind: configuration.network.kind,
      output: configuration.network.output)
    description.threshold = configuration.training.threshold
    description.trainedVoxelSize = trainedVoxelSize
    description.gridVoxelSize = gridVoxelSize
    description.epochs = state.progress.epoch
    description.validationIoU = state.progress.history.last?.validation?.iou
    description.mirrorAxes = configuration.augmentation.mirrorAxes
    return Model(
      network: state.network, description: description,
      preprocessing: configuration.preprocessing)
  }

  /// Whether the weights of the state are the best ones: those of the epoch that has just ended, if
  /// its validation was the best, or if there is none and the last epoch is kept.
  var isBestOfCheckpoint: Bool {
    let progress = state.progress
    guard progress.sample == 0, progress.epoch > 0 else { return false }
    return validator == nil || progress.best?.epoch == progress.epoch
  }

  /// Writes the weights of the state, or their average if there is one.
  mutating func writeBest(to path: String) throws(WeightsError) {
    state.average?.swap(with: &state.network)
    defer { state.average?.swap(with: &state.network) }
    try model().write(to: path)
  }

  func writeCheckpoint(to path: String) throws(WeightsError) {
    try Checkpoint.write(
      state, model: model(), configuration: configuration, volumes: volumes, to: path)
  }
}
