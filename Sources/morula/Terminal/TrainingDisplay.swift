import Compute
import Foundation
import Tensors
import Training

/// Shows a training on standard error.
struct TrainingDisplay {
  private let configuration: TrainingConfiguration
  private let folder: String
  private var line = ProgressLine()
  private var epochs = 0

  init(_ configuration: TrainingConfiguration, folder: String) {
    self.configuration = configuration
    self.folder = folder
  }

  mutating func show(_ event: TrainingEvent) {
    switch event {
    case .plan(let plan): show(plan)
    case .checking(let done, let total):
      line.show("  checking \(ProgressLine.bar(done, of: total)) \(done)/\(total)")
    case .nothingToResume:
      line.print("There is no checkpoint in \(folder.visible()) yet: the run begins.")
    case .resumed(let epoch, let step):
      line.print("Resuming after epoch \(epoch), update \(step).")
    case .step(let progress): line.show(Self.text(progress))
    case .validating(let done, let total):
      line.show("  validating \(ProgressLine.bar(done, of: total)) \(done)/\(total)")
    case .epoch(let record, let isBest): show(record, isBest: isBest)
    case .stoppedEarly(let epoch, let best):
      line.print(
        "Stopped early after epoch \(epoch): validation IoU has not risen above "
          + String(format: "%.4f.", best))
    }
  }

  mutating func finish(_ outcome: Trainer.Outcome) {
    switch outcome {
    case .finished: line.print("Done; weights and history are in \(folder)")
    case .interrupted:
      let isSaved = FileSystem.exists(RunFolder(folder).last)
      line.print(
        isSaved
          ? "Interrupted; the checkpoint is saved. Go on with the same command and --resume"
          : "Interrupted before the first update")
    }
  }

  private mutating func show(_ plan: TrainingPlan) {
    let network = configuration.network
    line.print(
      "\(configuration.name): \(network.kind.rawValue), \(network.levels.counted("level")), base "
        + "\(network.base), kernel \(network.kernel), \(network.output.rawValue); "
        + "\(plan.parameters.formatted()) parameters")
    line.print(
      "  \(plan.trainingVolumes.counted("volume")) train, \(plan.validationVolumes) validate; "
        + "\(plan.samples.counted("sample")) of \(plan.sample) voxels an epoch, batch \(plan.batchSize), "
        + "\(plan.stepsPerEpoch.counted("update")); \(plan.epochs.counted("epoch"))")
    line.print("  \(plan.threads.counted("thread")), \(plan.engine)")
    line.print(
      "  estimated: \(ByteCount.rounded(plan.bytes)) of memory, "
        + "\(ProgressLine.duration(plan.seconds))")
    for note in plan.notes { line.print("  note: \(note)") }
    if let advice = Engine.blasAdvice { line.print("  note: \(advice)") }
  }

  private static func text(_ progress: StepProgress) -> String {
    String(
      format: "epoch %d/%d %@ %d/%d  loss %.4f  %.1f Mvoxel/s  %.0f GFLOP/s  %@ left",
      progress.epoch, progress.epochs, ProgressLine.bar(progress.step, of: progress.steps),
      progress.step, progress.steps, progress.loss, progress.voxelsPerSecond * 1e-6,
      progress.gigaflops, ProgressLine.duration(progress.secondsLeft))
  }

  private mutating func show(_ record: EpochRecord, isBest: Bool) {
    var text = String(
      format: "epoch %d/%d  train loss %.4f, IoU %.4f", record.epoch,
      configuration.training.epochs, record.trainingLoss, record.trainingIoU)
    if let validation = record.validation {
      text += String(
        format: "  validation loss %.4f, IoU %.4f ± %.4f", validation.loss, validation.iou,
        validation.iouDeviation)
      if let detection = validation.detection {
        text += String(
          format: ", F1 %.3f (precision %.3f, recall %.3f)", detection.f1, detection.precision,
          detection.recall)
      }
    }
    text += "  \(ProgressLine.duration(record.seconds))" + (isBest ? "  best" : "")
    line.print(text)
  }
}
