import Tensors

/// Changes a model's parameters by their gradients.
///
/// An update neither scales nor clears the gradients: average micro-batches and clip before it
/// (``clipGradientNorm(of:to:)``), clear after it. Results are the same bits for any number of
/// threads.
public protocol Optimizer: Sendable {
  /// The learning rate of the next update; schedules set it.
  var learningRate: Double { get set }
  /// The updates made so far.
  var stepCount: Int { get }

  /// One update of every parameter.
  mutating func update(_ model: inout some Parameterized)

  /// Everything that the next update depends on besides the options: the number of steps as
  /// `<prefix>step`, and arrays named `<prefix><moment>.<parameter>`.
  func state(prefix: String) -> [String: SafeTensors.Array]

  /// Replaces the state, so that training continues bit for bit.
  ///
  /// - Throws: ``WeightsError`` where an array of a parameter of `model` is missing or does not
  ///   fit; the optimizer is then unchanged.
  mutating func restore(
    _ file: SafeTensors, prefix: String, for model: inout some Parameterized
  ) throws(WeightsError)
}

/// What weight decay λ adds to an update with learning rate η.
///
/// Only parameters with ``Parameter/decays`` decay.
public enum WeightDecay: Codable, Hashable, Sendable {
  /// λw is added to the gradient (L² regularization; PyTorch's `SGD` and `Adam`).
  case coupled(Double)
  /// w shrinks by 1 − ηλ beside the update (Loshchilov and Hutter, 2019; PyTorch's `AdamW`).
  case decoupled(Double)

  /// No decay.
  public static let none = WeightDecay.coupled(0)

  /// What is added to the gradient per weight.
  func gradientFactor(_ parameter: Parameter) -> Float {
    guard case .coupled(let decay) = self, parameter.decays else { return 0 }
    return Float(decay)
  }

  /// What the weight is multiplied by before the update.
  func shrinkage(_ parameter: Parameter, learningRate: Double) -> Float {
    guard case .decoupled(let decay) = self, parameter.decays else { return 1 }
    return Float(1 - learningRate * decay)
  }
}
