import Tensors

/// Adam (Kingma and Ba, ICLR 2015), by PyTorch's formulas:
///
///     g ← g + λw                               coupled decay
///     w ← (1 − ηλ) w                           decoupled decay
///     m ← β₁m + (1 − β₁) g,   v ← β₂v + (1 − β₂) g²
///     w ← w − η / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
///
/// Coupled decay is PyTorch's `Adam`, decoupled decay its `AdamW`
/// (``adamW(learningRate:beta1:beta2:epsilon:decay:)``).
public struct Adam: Optimizer {
  /// η.
  public var learningRate: Double
  /// β₁, the memory of the gradient.
  public let beta1: Double
  /// β₂, the memory of its square.
  public let beta2: Double
  /// ε, which bounds the step where gradients vanish.
  public let epsilon: Double
  /// λ.
  public let weightDecay: WeightDecay
  private var memory = OptimizerState(moments: [first, second])

  private static let first = "first_moment"
  private static let second = "second_moment"

  /// An optimizer before its first step.
  public init(
    learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: WeightDecay = .none
  ) {
    precondition(
      (0..<1).contains(beta1) && (0..<1).contains(beta2),
      "Adam's β lie in [0, 1): \(beta1), \(beta2)")
    precondition(epsilon >= 0, "Adam's ε is not negative: \(epsilon)")
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// AdamW: decoupled weight decay, PyTorch's default λ.
  public static func adamW(
    learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    decay: Double = 0.01
  ) -> Adam {
    Adam(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      weightDecay: .decoupled(decay))
  }

  /// The updates made so far.
  public var stepCount: Int { memory.step }

  /// One update of every parameter.
  public mutating func update(_ model: inout some Parameterized) {
    memory.step += 1
    model.forEachParameter { parameter in
      let step = AdamStep(
        number: memory.step, learningRate: learningRate, beta1: beta1, beta2: beta2,
        epsilon: epsilon, gradientDecay: weightDecay.gradientFactor(parameter),
        shrinkage: weightDecay.shrinkage(parameter, learningRate: learningRate))
      var first = memory.take(Self.first, parameter) ?? Tensor(zeros: parameter.value.shape)
      var second = memory.take(Self.second, parameter) ?? Tensor(zeros: parameter.value.shape)
      parameter.value.apply(
        step, gradient: parameter.gradient, firstMoment: &first, secondMoment: &second)
      memory.put(Self.first, parameter, first)
      memory.put(Self.second, parameter, second)
    }
  }

  /// `<prefix>step`, `<prefix>first_moment.<parameter>` and `<prefix>second_moment.<parameter>`.
  public func state(prefix: String) -> [String: SafeTensors.Array] { memory.arrays(prefix: prefix) }

  /// Replaces the state by one that ``state(prefix:)`` gave.
  public mutating func restore(
    _ file: SafeTensors, prefix: String, for model: inout some Parameterized
  ) throws(WeightsError) {
    try memory.restore(file, prefix: prefix, for: &model)
  }
}
