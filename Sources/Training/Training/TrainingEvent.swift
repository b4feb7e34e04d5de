/// What a trainer reports while it runs.
public enum TrainingEvent: Sendable {
  /// While the values of all volumes are checked: volumes done, of how many.
  case checking(done: Int, total: Int)
  /// There was no checkpoint to resume from, so the run begins.
  case nothingToResume
  /// Before the first step.
  case plan(TrainingPlan)
  /// The run goes on from a checkpoint, after this epoch (from 0) and update.
  case resumed(epoch: Int, step: Int)
  /// After an update.
  case step(StepProgress)
  /// While validating: volumes done, of how many.
  case validating(done: Int, total: Int)
  /// After an epoch; `isBest` if its weights became the best.
  case epoch(EpochRecord, isBest: Bool)
  /// Early stopping ended the run after this epoch.
  case stoppedEarly(epoch: Int, best: Double)
}

/// Where a run stands after an update.
public struct StepProgress: Sendable, Hashable {
  /// The epoch, counted from 1, of how many.
  public var epoch: Int
  /// Epochs in all.
  public var epochs: Int
  /// The update within the epoch, counted from 1.
  public var step: Int
  /// Updates in an epoch.
  public var steps: Int
  /// The mean loss of the epoch so far.
  public var loss: Double
  /// The learning rate of the update.
  public var learningRate: Double
  /// The L² norm of the update's gradients, before clipping.
  public var gradientNorm: Double
  /// Voxels of input per second, since the run started or resumed.
  public var voxelsPerSecond: Double
  /// Floating-point operations of the convolutions per second, in 10⁹.
  public var gigaflops: Double
  /// Estimated seconds until the last epoch ends, validation included.
  public var secondsLeft: Double
}
