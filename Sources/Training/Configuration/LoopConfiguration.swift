/// Section `training`: the loop.
package struct LoopConfiguration: ConfigurationSection {
  /// Section `training.early_stopping`.
  package struct EarlyStopping: ConfigurationSection {
    /// The keys of the section.
    package enum Key: String, ConfigurationKey {
      case patience
      case minimumDelta = "min_delta"
    }

    /// The validations without improvement after which training ends.
    package var patience = 10
    /// The gain of validation IoU that counts as an improvement.
    package var minimumDelta = 0.0

    /// Ten validations.
    package init() {}

    package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
      try section.value(.patience, &patience, .atLeast(1))
      try section.value(.minimumDelta, &minimumDelta, .atLeast(0))
    }
  }

  /// The keys of the section.
  package enum Key: String, ConfigurationKey {
    case epochs
    case batchSize = "batch_size"
    case accumulate
    case clipNorm = "clip_norm"
    case ema
    case fixedStatistics = "fixed_statistics"
    case earlyStopping = "early_stopping"
    case seed, prefetch, threshold, recompute
  }

  /// The number of epochs.
  package var epochs = 15
  /// The samples of one forward pass.
  package var batchSize = 1
  /// The forward passes whose gradients make one step of the optimizer.
  package var accumulate = 1
  /// The largest L2 norm of the gradient; nil: unlimited.
  package var clipNorm: Double?
  /// The decay of the exponential moving average of weights; nil: none is kept.
  package var ema: Double?
  /// The epochs, the last ones, in which batch normalization's running statistics are fixed and
  /// normalize in training as they do in inference.
  package var fixedStatistics = 0
  /// When to stop before the last epoch; nil: never.
  package var earlyStopping: EarlyStopping?
  /// The seed of all randomness.
  package var seed: UInt64 = 0
  /// The samples prepared ahead; 0 prepares each when it is needed.
  package var prefetch = 4
  /// The probability from which a voxel is foreground, in masks and IoU.
  package var threshold = 0.5
  /// Whether backward computes the convolutions of the blocks again instead of keeping their
  /// outputs: less memory for more time, the same weights to the bit.
  package var recompute = false

  /// The studies' 15 epochs of batch size 1.
  package init() {}

  package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
    try section.value(.epochs, &epochs, .within(1...1_000_000))
    try section.value(.batchSize, &batchSize, .within(1...1024))
    try section.value(.accumulate, &accumulate, .within(1...1024))
    try section.value(.clipNorm, &clipNorm, .above(0))
    try section.value(
      .ema, &ema, ConfigurationRule("above 0 and below 1") { $0 > 0 && $0 < 1 })
    try section.value(.fixedStatistics, &fixedStatistics, .within(0...1_000_000))
    try section.section(.earlyStopping, &earlyStopping)
    try section.value(.seed, &seed)
    try section.value(.prefetch, &prefetch, .within(0...1024))
    try section.value(
      .threshold, &threshold, ConfigurationRule("above 0 and below 1") { $0 > 0 && $0 < 1 })
    try section.value(.recompute, &recompute)
  }
}
