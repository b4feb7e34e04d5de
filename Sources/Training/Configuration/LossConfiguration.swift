/// Section `loss`.
package struct LossConfiguration: ConfigurationSection {
  /// The losses.
  package enum Kind: String, ConfigurationChoice {
    /// 1 − (2Σpt + s)/(Σp + Σt + s), the reproduction's form.
    case dice
    /// 1 − (2Σpt + s)/(Σp² + Σt² + s), mean over classes, the original's form.
    case diceSquared = "dice_squared"
    /// Binary cross-entropy; one channel.
    case bce
    /// Softmax cross-entropy; two channels.
    case crossEntropy = "cross_entropy"
    /// Binary cross-entropy and Dice; one channel.
    case bceDice = "bce_dice"
    /// Softmax cross-entropy and Dice; two channels.
    case crossEntropyDice = "cross_entropy_dice"

    /// Whether a Dice term takes part.
    package var hasDice: Bool { self != .bce && self != .crossEntropy }
    /// Whether softmax cross-entropy takes part.
    package var hasCrossEntropy: Bool { self == .crossEntropy || self == .crossEntropyDice }
    /// Whether binary cross-entropy takes part.
    package var hasBinaryCrossEntropy: Bool { self == .bce || self == .bceDice }
  }

  /// Which voxels share the sums of Dice.
  package enum Grouping: String, ConfigurationChoice {
    /// All voxels of the batch, as both studies.
    case batch
    /// Those of one sample; the mean over samples is the loss.
    case sample
  }

  /// The keys of the section.
  package enum Key: String, ConfigurationKey {
    case kind, smoothing, grouping
    case classWeights = "class_weights"
    case positiveWeight = "positive_weight"
    case diceWeight = "dice_weight"
  }

  /// Which loss.
  package var kind = Kind.dice
  /// s of the Dice forms.
  package var smoothing = 1.0
  /// Which voxels share the sums of the Dice forms.
  package var grouping = Grouping.batch
  /// The weights of background and foreground in cross-entropy; nil: equal.
  package var classWeights: [Double]?
  /// The weight of foreground voxels in ``Kind/bce`` and ``Kind/bceDice``.
  package var positiveWeight = 1.0
  /// w, the weight of Dice in a sum: (1 − w) cross-entropy + w Dice.
  package var diceWeight = 0.5

  /// Dice.
  package init() {}

  package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
    try section.value(.kind, &kind)
    let name = kind.rawValue
    if kind.hasDice {
      if section.isReading { smoothing = kind == .diceSquared ? 1e-7 : 1 }
      try section.value(.smoothing, &smoothing, .above(0))
      try section.value(.grouping, &grouping)
    } else {
      try section.inapplicable([.smoothing, .grouping], "kind '\(name)' has no Dice term")
    }
    if kind.hasCrossEntropy {
      try section.list(.classWeights, &classWeights, count: 2, .above(0))
    } else {
      try section.inapplicable(
        [.classWeights],
        "kind '\(name)' has no class weights; use positive_weight with bce, or kind cross_entropy")
    }
    if kind.hasBinaryCrossEntropy {
      try section.value(.positiveWeight, &positiveWeight, .above(0))
    } else {
      try section.inapplicable([.positiveWeight], "kind '\(name)' has no binary cross-entropy")
    }
    if kind == .bceDice || kind == .crossEntropyDice {
      try section.value(.diceWeight, &diceWeight, .probability)
    } else {
      try section.inapplicable([.diceWeight], "kind '\(name)' is not a sum of two losses")
    }
  }
}
