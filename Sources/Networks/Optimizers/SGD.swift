import Tensors

/// Stochastic gradient descent with momentum, by PyTorch's formulas:
///
///     g ← g + λw                    coupled decay
///     v ← g at the first step, then μv + g
///     w ← w − ηv, or w − η(g + μv)  with Nesterov's momentum
///
/// (Sutskever et al., ICML 2013, with η outside v.) Without momentum w ← w − ηg.
public struct SGD: Optimizer {
  /// η.
  public var learningRate: Double
  /// μ.
  public let momentum: Double
  /// Whether the gradient is taken as if after the momentum's step.
  public let isNesterov: Bool
  /// λ.
  public let weightDecay: WeightDecay
  private var memory: OptimizerState

  private static let velocity = "velocity"

  /// An optimizer before its first step.
  public init(
    learningRate: Double, momentum: Double = 0, isNesterov: Bool = false,
    weightDecay: WeightDecay = .none
  ) {
    precondition(momentum >= 0 && momentum < 1, "a momentum lies in [0, 1): \(momentum)")
    precondition(!isNesterov || momentum > 0, "Nesterov's momentum needs a momentum above 0")
    self.learningRate = learningRate
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.weightDecay = weightDecay
    memory = OptimizerState(moments: momentum > 0 ? [Self.velocity] : [])
  }

  /// The updates made so far.
  public var stepCount: Int { memory.step }

  /// One update of every parameter.
  public mutating func update(_ model: inout some Parameterized) {
    memory.step += 1
    model.forEachParameter { parameter in
      let step = SGDStep(
        learningRate: learningRate, momentum: momentum, isNesterov: isNesterov,
        gradientDecay: weightDecay.gradientFactor(parameter),
        shrinkage: weightDecay.shrinkage(parameter, learningRate: learningRate))
      guard momentum > 0 else {
        parameter.value.apply(step, gradient: parameter.gradient)
        return
      }
      let isFirst = !memory.has(Self.velocity, parameter)
      var velocity =
        memory.take(Self.velocity, parameter) ?? Tensor(uninitialized: parameter.value.shape)
      parameter.value.apply(
        step, gradient: parameter.gradient, velocity: &velocity, isFirst: isFirst)
      memory.put(Self.velocity, parameter, velocity)
    }
  }

  /// `<prefix>step` and, with momentum, `<prefix>velocity.<parameter>`.
  public func state(prefix: String) -> [String: SafeTensors.Array] { memory.arrays(prefix: prefix) }

  /// Replaces the state by one that ``state(prefix:)`` gave.
  public mutating func restore(
    _ file: SafeTensors, prefix: String, for model: inout some Parameterized
  ) throws(WeightsError) {
    try memory.restore(file, prefix: prefix, for: &model)
  }
}
