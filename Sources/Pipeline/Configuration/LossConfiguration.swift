/// Section `loss`.
public struct LossConfiguration: ConfigurationSection {
  /// The losses.
  public enum Kind: String, ConfigurationChoice {
    /// 1 − (2Σpt + s)/(Σp + Σt + s), the reproduction's form; one channel.
    case dice
    /// 1 − (2Σpt + s)/(Σp² + Σt² + s), mean over classes, the original's form.
    case diceSquared = "dice_squared"
    /// Binary cross-entropy; one channel.
    case bce
    /// Softmax cross-entropy; two channels.
    case crossEntropy = "cross_entropy"
    /// Binary cross-entropy plus Dice; one channel.
    case bceDice = "bce_dice"
  }

  /// The keys of the section.
  package enum Key: String, ConfigurationKey {
    case kind, smoothing
    case classWeights = "class_weights"
    case positiveWeight = "positive_weight"
    case diceWeight = "dice_weight"
  }

  /// Which loss.
  public var kind = Kind.dice
  /// s of the Dice forms.
  public var smoothing = 1.0
  /// The weights of background and foreground in ``Kind/crossEntropy``; nil: equal.
  public var classWeights: [Double]?
  /// The weight of foreground voxels in ``Kind/bce`` and ``Kind/bceDice``.
  public var positiveWeight = 1.0
  /// The weight of Dice in ``Kind/bceDice``: (1 − w) BCE + w Dice.
  public var diceWeight = 0.5

  /// Dice.
  public init() {}

  package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
    try section.value(.kind, &kind)
    let name = kind.rawValue
    if kind == .bce || kind == .crossEntropy {
      try section.inapplicable([.smoothing], "kind '\(name)' has no Dice term to smooth")
    } else {
      if section.isReading { smoothing = kind == .diceSquared ? 1e-7 : 1 }
      try section.value(.smoothing, &smoothing, .above(0))
    }
    if kind == .crossEntropy {
      var weights = classWeights ?? []
      try section.list(.classWeights, &weights, count: 2, .above(0))
      classWeights = weights.isEmpty ? nil : weights
    } else {
      try section.inapplicable(
        [.classWeights],
        "kind '\(name)' has no class weights; use positive_weight with bce, or kind cross_entropy")
    }
    if kind == .bce || kind == .bceDice {
      try section.value(.positiveWeight, &positiveWeight, .above(0))
    } else {
      try section.inapplicable([.positiveWeight], "kind '\(name)' has no binary cross-entropy")
    }
    if kind == .bceDice {
      try section.value(.diceWeight, &diceWeight, .probability)
    } else {
      try section.inapplicable([.diceWeight], "kind is '\(name)', not 'bce_dice'")
    }
  }
}
