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
    let (rate, momentum, isNesterov) = (Float(learningRate), Float(momentum), isNesterov)
    model.forEachParameter { parameter in
      let decay = weightDecay.gradientFactor(parameter)
      let keep = weightDecay.shrinkage(parameter, learningRate: learningRate)
      if momentum == 0 {
        parameter.value.update(with: parameter.gradient) { w, gradient in
          w = keep * w - rate * (gradient + decay * w)
        }
        return
      }
      guard var velocity = memory.take(Self.velocity, parameter) else {
        // The first step has v = g, so that Nesterov's step is g + μg.
        var velocity = parameter.gradient
        let factor = isNesterov ? 1 + momentum : 1
        parameter.value.update(&velocity, with: parameter.gradient) { w, v, gradient in
          v = gradient + decay * w
          w = keep * w - rate * (factor * v)
        }
        memory.put(Self.velocity, parameter, velocity)
        return
      }
      parameter.value.update(&velocity, with: parameter.gradient) { w, v, gradient in
        let g = gradient + decay * w
        v = momentum * v + g
        w = keep * w - rate * (isNesterov ? g + momentum * v : v)
      }
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
