import Networks

/// The library's parts that the configuration's sections name.
extension LossConfiguration {
  /// The loss.
  package var loss: any Loss {
    let dice = DiceLoss(
      denominator: kind == .diceSquared ? .squares : .sum, smoothing: smoothing,
      grouping: grouping == .batch ? .batch : .sample)
    let binary = BinaryCrossEntropyLoss(positiveWeight: positiveWeight)
    let classes = CrossEntropyLoss(classWeights: classWeights)
    return switch kind {
    case .dice, .diceSquared: dice
    case .bce: binary
    case .crossEntropy: classes
    case .bceDice: SumLoss(binary, dice, firstWeight: 1 - diceWeight, secondWeight: diceWeight)
    case .crossEntropyDice:
      SumLoss(classes, dice, firstWeight: 1 - diceWeight, secondWeight: diceWeight)
    }
  }
}

extension OptimizerConfiguration {
  /// The optimizer before its first update.
  package var optimizer: any Optimizer {
    let weightDecay: WeightDecay =
      decay == .decoupled ? .decoupled(self.weightDecay) : .coupled(self.weightDecay)
    return switch kind {
    case .sgd:
      SGD(
        learningRate: learningRate, momentum: momentum, isNesterov: nesterov,
        weightDecay: weightDecay)
    case .adam, .adamW:
      Adam(
        learningRate: learningRate, beta1: betas[0], beta2: betas[1], epsilon: eps,
        weightDecay: weightDecay)
    }
  }

  /// Averages that the optimizer keeps for each parameter.
  package var momentCount: Int {
    switch kind {
    case .sgd: momentum > 0 ? 1 : 0
    case .adam, .adamW: 2
    }
  }
}
