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
    let position = state.position
    var record = EpochRecord(
      epoch: position.epoch + 1, step: position.step,
      learningRate: state.schedule.rate(at: position.step - 1),
      trainingLoss: position.lossSum / Double(position.sample),
      trainingIoU: position.counts.intersectionOverUnion, validation: nil,
      seconds: position.seconds)
    let isLast = record.epoch == configuration.training.epochs
    var isBest = false
    if let validator, isLast || record.epoch.isMultiple(of: configuration.validation.every) {
      let start = ContinuousClock.now
      let total = plan.validationVolumes
      // Validated and kept are the averaged weights, where there is an average.
      state.average?.swap(with: &state.network)
      let validation = try validator.validate(state.network, workspace: &workspace) {
        (name: String, loss: Double, done: Int) in
        try Self.requireFinite(
          loss, "the validation loss", epoch: record.epoch, step: position.step, names: [name])
        report(.validating(done: done, total: total))
      }
      record.validation = validation
      record.seconds += start.duration(to: .now).inSeconds
      isBest = note(validation, epoch: record.epoch)
      if isBest { try writeModel(to: folder.best, validationIoU: validation.iou) }
      state.average?.swap(with: &state.network)
    }
    if validator == nil {
      // Nothing tells which epoch is the best; the last one's weights, averaged or not, stand for it.
      state.average?.swap(with: &state.network)
      try writeModel(to: folder.best, validationIoU: nil)
      state.average?.swap(with: &state.network)
    }
    state.position.history.append(record)
    state.position.epoch += 1
    state.position.sample = 0
    state.position.lossSum = 0
    state.position.counts = .zero
    state.position.seconds = 0
    try writeCheckpoint(to: folder.last)
    try History.write(state.position.history, to: folder.history)
    report(.epoch(record, isBest: isBest))
  }

  /// Takes a validation into account; true where it is the best so far.
  private mutating func note(_ validation: EpochRecord.Validation, epoch: Int) -> Bool {
    let iou = validation.iou
    state.schedule.observe(validationIoU: iou)
    if let rule = configuration.training.earlyStopping {
      if state.position.staleReference.map({ iou > $0 + rule.minimumDelta }) ?? true {
        state.position.staleReference = iou
        state.position.stale = 0
      } else {
        state.position.stale += 1
      }
    }
    guard state.position.best.map({ iou > $0.iou }) ?? true else { return false }
    state.position.best = .init(epoch: epoch, iou: iou)
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
    description.epochs = state.position.epoch
    description.validationIoU = state.position.history.last?.validation?.iou
    description.mirrorAxes = configuration.augmentation.mirrorAxes
    return Model(
      network: state.network, description: description,
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
