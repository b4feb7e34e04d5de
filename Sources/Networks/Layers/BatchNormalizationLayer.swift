import Compute
import Tensors

/// Which statistics batch normalization uses in inference.
public enum InferenceStatistics: String, Sendable, Codable, CaseIterable {
  /// The running averages of training: the usual meaning.
  case running
  /// Those of the volume at hand: how the original QCANet's published weights were used.
  case batch
}

/// Batch normalization, optionally followed by ReLU in the same pass.
public struct BatchNormalizationLayer: Layer {
  /// γ, one per channel.
  public var gamma: Parameter
  /// β, one per channel.
  public var beta: Parameter
  /// The running mean, one per channel.
  public var runningMean: Buffer
  /// The running unbiased variance, one per channel.
  public var runningVariance: Buffer
  /// ε, added to the variance: 1e-5 in PyTorch, 2e-5 in Chainer.
  public let epsilon: Double
  /// The weight of the newest batch in the running statistics: 0.1 (Chainer's decay is 1 − this).
  public let momentum: Double
  /// Whether ReLU follows.
  public let hasReLU: Bool
  /// The statistics of ``predict(_:workspace:)``.
  public var inferenceStatistics = InferenceStatistics.running
  /// Whether training also normalizes with the running statistics, and leaves them as they are:
  /// then it trains the very function that inference computes.
  public var hasFixedStatistics = false

  /// What backward needs: the input and the batch's statistics. The output is not kept: where ReLU
  /// cut it follows from the input.
  public struct Tape: Sendable {
    let input: Tensor
    let statistics: BatchNormalization.Statistics
  }

  /// γ = 1, β = 0, running mean 0 and variance 1.
  public init(
    name: String, channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1,
    hasReLU: Bool = false
  ) {
    precondition(channels > 0, "batch normalization has at least one channel")
    precondition(epsilon > 0 && (0...1).contains(momentum), "ε > 0 and momentum in 0...1")
    let shape: Shape = [channels]
    gamma = Parameter(
      name: "\(name).weight", value: Tensor(repeating: 1, shape: shape), decays: false)
    beta = Parameter(name: "\(name).bias", value: Tensor(zeros: shape), decays: false)
    runningMean = Buffer(name: "\(name).running_mean", value: Tensor(zeros: shape))
    runningVariance = Buffer(
      name: "\(name).running_var", value: Tensor(repeating: 1, shape: shape))
    self.epsilon = epsilon
    self.momentum = momentum
    self.hasReLU = hasReLU
  }

  /// The shape of the input.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    try input.requireActivation(gamma.name)
    guard input.channels == gamma.value.count else {
      throw ShapeError(
        gamma.name, expected: "\(gamma.value.count.counted("channel"))", found: "\(input.channels)")
    }
    return input
  }

  /// Normalizes with the running statistics, or the input's own (``inferenceStatistics``); in the
  /// memory of the input, if nothing else holds it.
  public func predict(
    _ input: consuming Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    var output = input
    switch inferenceStatistics {
    case .running: try activate(&output, runningStatistics)
    case .batch: try activate(&output, BatchNormalization.statistics(of: output))
    }
    return output
  }

  /// Normalizes with the batch's statistics and moves the running ones towards them, unless those
  /// are fixed.
  public mutating func forward(
    _ input: consuming Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> (output: Tensor, tape: Tape) {
    let statistics = try measure(input)
    return (
      try activation(of: input, statistics), Tape(input: input, statistics: statistics)
    )
  }

  /// Adds to the gradients of γ and β; returns that of the input, in the memory of `gradient` if
  /// nothing else holds it.
  public mutating func backward(
    _ gradient: consuming Tensor, tape: consuming Tape, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    var gradient = gradient
    try backward(&gradient, input: tape.input, tape.statistics)
    return gradient
  }

  /// The running statistics, as inference uses them.
  var runningStatistics: BatchNormalization.Statistics {
    BatchNormalization.Statistics(
      mean: runningMean.value.scalars.map(Double.init),
      variance: runningVariance.value.scalars.map(Double.init))
  }

  /// The statistics of a batch, towards which the running ones move; the running ones where those
  /// are fixed.
  mutating func measure(_ input: Tensor) throws(ShapeError) -> BatchNormalization.Statistics {
    if hasFixedStatistics { return runningStatistics }
    let statistics = try BatchNormalization.statistics(of: input)
    move(&runningMean.value, towards: statistics.mean)
    move(&runningVariance.value, towards: statistics.unbiasedVariance)
    return statistics
  }

  private func move(_ average: inout Tensor, towards values: [Double]) {
    for (channel, value) in values.enumerated() {
      average[channel] = Float((1 - momentum) * Double(average[channel]) + momentum * value)
    }
  }

  private var affine: BatchNormalization.Affine {
    BatchNormalization.Affine(gamma: gamma.value, beta: beta.value, epsilon: epsilon)
  }

  /// The output for an input of these statistics.
  func activation(
    of input: Tensor, _ statistics: BatchNormalization.Statistics
  ) throws(ShapeError) -> Tensor {
    try BatchNormalization.apply(
      input, statistics: statistics, affine: affine,
      relu: hasReLU)
  }

  /// Turns an input of these statistics into the output.
  func activate(
    _ input: inout Tensor, _ statistics: BatchNormalization.Statistics
  ) throws(ShapeError) {
    try BatchNormalization.apply(
      to: &input, statistics: statistics, affine: affine,
      relu: hasReLU)
  }

  /// Turns the gradient of the output into that of the input, and adds to those of γ and β.
  mutating func backward(
    _ gradient: inout Tensor, input: Tensor, _ statistics: BatchNormalization.Statistics
  ) throws(ShapeError) {
    let gradients = try BatchNormalization.backward(
      &gradient, input: input, statistics: statistics, affine: affine, relu: hasReLU)
    gamma.accumulate(gradients.gamma)
    beta.accumulate(gradients.beta)
  }

  /// γ, then β.
  public mutating func forEachParameter<Failure: Error>(
    _ body: (inout Parameter) throws(Failure) -> Void
  ) throws(Failure) {
    try body(&gamma)
    try body(&beta)
  }

  /// Running mean, then running variance.
  public mutating func forEachBuffer<Failure: Error>(
    _ body: (inout Buffer) throws(Failure) -> Void
  ) throws(Failure) {
    try body(&runningMean)
    try body(&runningVariance)
  }
}
