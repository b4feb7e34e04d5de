import Morphometry
import Networks

/// Everything that the next update depends on; a checkpoint holds it, and a resumed run continues
/// from it bit for bit. Random numbers need no state: every sample draws from a generator seeded by
/// (seed, epoch, sample).
struct TrainingState: Sendable {
  /// How far the run has come: plain values, kept as JSON in a checkpoint's metadata.
  struct Progress: Sendable, Hashable, Codable {
    /// Epochs completed.
    var epoch = 0
    /// Samples of the current epoch that updates have used.
    var sample = 0
    /// Updates made.
    var step = 0
    /// Σ loss over the current epoch's samples.
    var lossSum = 0.0
    /// The current epoch's voxels.
    var counts = ForegroundOverlap.zero
    /// Seconds spent in the current epoch.
    var seconds = 0.0
    /// The best validation IoU, and the epoch that had it.
    var best: Best?
    /// Validations since the IoU improved by early stopping's margin.
    var stale = 0
    /// The IoU that early stopping compares with.
    var staleReference: Double?
    /// Completed epochs.
    var history: [EpochRecord] = []
  }

  /// The best epoch so far.
  struct Best: Sendable, Hashable, Codable {
    var epoch: Int
    var iou: Double
  }

  var network: UNet3D
  var optimizer: any Optimizer
  var schedule: TrainingSchedule
  var average: ExponentialMovingAverage?
  var progress = Progress()
}
