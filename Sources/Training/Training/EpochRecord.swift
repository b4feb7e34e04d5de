/// What one epoch achieved; a row of `history.csv`.
public struct EpochRecord: Sendable, Hashable, Codable {
  /// What the validation volumes achieved.
  public struct Validation: Sendable, Hashable, Codable {
    /// The mean loss over volumes.
    public var loss: Double
    /// The mean IoU over volumes.
    public var iou: Double
    /// The standard deviation of IoU over volumes (n − 1).
    public var iouDeviation: Double
    /// Matches of predicted and true centers; nil if no detection radius is configured.
    public var detection: Detection?
  }

  /// Precision, recall and F1 of centers, pooled over volumes.
  public struct Detection: Sendable, Hashable, Codable {
    /// Matched / predicted.
    public var precision: Double
    /// Matched / true.
    public var recall: Double
    /// 2 · matched / (predicted + true).
    public var f1: Double
  }

  /// The epoch, counted from 1.
  public var epoch: Int
  /// Updates made so far.
  public var step: Int
  /// The learning rate of the epoch's last update.
  public var learningRate: Double
  /// The mean loss over training samples.
  public var trainingLoss: Double
  /// IoU of the training samples, their voxels pooled.
  public var trainingIoU: Double
  /// What the validation volumes achieved; nil in epochs without validation.
  public var validation: Validation?
  /// The time the epoch took, in seconds; not reproducible.
  public var seconds: Double
}
