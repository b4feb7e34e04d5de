/// Section `optimizer`.
package struct OptimizerConfiguration: ConfigurationSection {
  /// The optimizers.
  package enum Kind: String, ConfigurationChoice {
    /// Stochastic gradient descent with momentum.
    case sgd
    /// Adam (Kingma and Ba, arXiv 1412.6980).
    case adam
    /// Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).
    case adamW = "adamw"
  }

  /// How weight decay acts.
  package enum Decay: String, ConfigurationChoice {
    /// Added to the gradient.
    case coupled
    /// Subtracted from the weights, separately from the step.
    case decoupled
  }

  /// The keys of the section.
  package enum Key: String, ConfigurationKey {
    case kind
    case learningRate = "learning_rate"
    case momentum, nesterov, betas, eps
    case weightDecay = "weight_decay"
    case decay
  }

  /// Which optimizer.
  package var kind = Kind.adam
  /// The (peak) learning rate.
  package var learningRate = 1e-4
  /// The momentum of ``Kind/sgd``; 0 for others.
  package var momentum = 0.0
  /// Whether ``Kind/sgd`` looks ahead (Nesterov).
  package var nesterov = false
  /// β₁ and β₂ of Adam.
  package var betas = [0.9, 0.999]
  /// ε of Adam.
  package var eps = 1e-8
  /// The weight decay of convolution weights.
  package var weightDecay = 0.0
  /// How weight decay acts.
  package var decay = Decay.coupled

  /// Adam at 1e-4.
  package init() {}

  package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
    try section.value(.kind, &kind)
    try section.value(.learningRate, &learningRate, .above(0))
    if kind == .sgd {
      try section.value(.momentum, &momentum, .from(0, below: 1))
      try section.value(.nesterov, &nesterov)
      if section.isReading, nesterov, momentum == 0 {
        throw section.error(
          .nesterov, "needs momentum above 0; set optimizer.momentum, for example 0.9")
      }
      try section.inapplicable([.betas, .eps], "kind is 'sgd'; it has momentum and nesterov")
    } else {
      try section.list(.betas, &betas, count: 2, .from(0, below: 1))
      try section.value(.eps, &eps, .above(0))
      try section.inapplicable(
        [.momentum, .nesterov], "kind is '\(kind.rawValue)'; its momentum is the first of betas")
    }
    try section.value(.weightDecay, &weightDecay, .atLeast(0))
    if kind == .adamW {
      decay = .decoupled
      try section.inapplicable([.decay], "kind 'adamw' always decouples; use kind adam to couple")
    } else {
      if section.isReading, weightDecay == 0 {
        try section.inapplicable([.decay], "weight_decay is 0")
      }
      try section.custom(.decay, &decay) { node throws(ConfigurationError) in
        try section.scalar(.decay, node)
      } write: {
        weightDecay == 0 ? nil : ConfigurationNode($0.configurationContent)
      }
    }
  }
}
