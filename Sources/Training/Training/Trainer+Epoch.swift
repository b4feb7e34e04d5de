import Compute
import Foundation
import Networks
import Segmentation

/// What happens when an epoch is done.
extension Trainer {
  /// Validates, records, keeps the best weights and a checkpoint.
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
      if isBest { try writeModel(to: folder.best, validationIoU: validation.iou) }
      state.average?.swap(with: &state.network)
    }
    if validator == nil {
      // Without validation no epoch is known to be the best, so the weights of the last are kept.
      state.average?.swap(with: &state.network)
      try writeModel(to: folder.best, validationIoU: nil)
      state.average?.swap(with: &state.network)
    }
    state.progress.history.append(record)
    state.progress.epoch += 1
    state.progress.sample = 0
    state.progress.lossSum = 0
    state.progress.counts = .zero
    state.progress.seconds = 0
    try writeCheckpoint(to: folder.last)
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
    Model(
      network: state.network,
      description: Model.Description(
        name: configuration.name, kind: configuration.network.kind,
        output: configuration.network.output, threshold: configuration.training.threshold,
        trainedVoxelSize: trainedVoxelSize, gridVoxelSize: gridVoxelSize,
        epochs: state.progress.epoch,
        validationIoU: state.progress.history.last?.validation?.iou,
        mirrorAxes: configuration.augmentation.mirrorAxes),
      preprocessing: configuration.preprocessing)
  }

  private func writeModel(to path: String, validationIoU: Double?) throws(WeightsError) {
    var model = model()
    model.description.epochs += 1
    model.description.validationIoU = validationIoU
    try model.write(to: path)
  }

  func writeCheckpoint(to path: String) throws(WeightsError) {
    try Checkpoint.write(
      state, model: model(), configuration: configuration, volumes: volumes, to: path)
  }
}
