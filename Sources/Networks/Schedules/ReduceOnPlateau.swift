/// Multiplies the learning rate by a factor whenever a metric has not improved for some epochs, by
/// the rules of PyTorch's `ReduceLROnPlateau`.
public struct ReduceOnPlateau: Codable, Hashable, Sendable {
  /// Which way a metric improves.
  public enum Goal: String, Codable, Sendable, CaseIterable {
    /// Down: a loss.
    case minimum
    /// Up: an IoU.
    case maximum
  }

  /// How much better than the best counts as better.
  public enum Threshold: Codable, Hashable, Sendable {
    /// By this fraction of the best.
    case relative(Double)
    /// By this much.
    case absolute(Double)
  }

  /// Which way the metric improves.
  public var goal: Goal
  /// What the rate is multiplied by.
  public var factor: Double
  /// The epochs without improvement that are tolerated; the rate falls at the next one.
  public var patience: Int
  /// How much better than the best counts as better.
  public var threshold: Threshold
  /// The epochs after a fall that do not count.
  public var cooldown: Int
  /// The rate never falls below this.
  public var minimum: Double

  /// The rate now; nil where it has not fallen yet.
  public private(set) var rate: Double?
  /// The best metric so far.
  public private(set) var best: Double?
  /// The epochs since the last improvement, fall or cooldown.
  public private(set) var badEpochs = 0
  /// The epochs of cooldown that are left.
  public private(set) var cooldownLeft = 0

  /// Rules that have seen no metric.
  public init(
    goal: Goal = .minimum, factor: Double = 0.1, patience: Int = 10,
    threshold: Threshold = .relative(1e-4), cooldown: Int = 0, minimum: Double = 0
  ) {
    precondition((0..<1).contains(factor), "a rate falls by a factor in [0, 1), not \(factor)")
    precondition(patience >= 0 && cooldown >= 0, "patience and cooldown are not negative")
    precondition(minimum >= 0, "a learning rate is not negative: \(minimum)")
    self.goal = goal
    self.factor = factor
    self.patience = patience
    self.threshold = threshold
    self.cooldown = cooldown
    self.minimum = minimum
  }

  /// Takes in the metric of an epoch, where `base` is the rate before any fall.
  ///
  /// A metric that is not finite counts as no improvement.
  public mutating func observe(_ metric: Double, base: Double) {
    if isBetter(metric) {
      best = metric
      badEpochs = 0
    } else {
      badEpochs += 1
    }
    if cooldownLeft > 0 {
      cooldownLeft -= 1
      badEpochs = 0
    }
    if badEpochs > patience {
      let old = rate ?? base
      let new = max(old * factor, minimum)
      // PyTorch's eps: a smaller fall is not worth making.
      if old - new > 1e-8 { rate = new }
      cooldownLeft = cooldown
      badEpochs = 0
    }
  }

  private func isBetter(_ metric: Double) -> Bool {
    guard metric.isFinite else { return false }
    guard let best else { return true }
    switch (goal, threshold) {
    case (.minimum, .relative(let fraction)): return metric < best * (1 - fraction)
    case (.minimum, .absolute(let amount)): return metric < best - amount
    case (.maximum, .relative(let fraction)): return metric > best * (1 + fraction)
    case (.maximum, .absolute(let amount)): return metric > best + amount
    }
  }
}
