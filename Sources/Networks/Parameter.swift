import Tensors

/// A trained tensor with its gradient.
public struct Parameter: Sendable {
  /// The path in the network, for example `encoder.0.convolution.1.weight`; the key in checkpoints.
  public let name: String
  /// The current value.
  public var value: Tensor
  /// nil for zero: only training takes memory for gradients.
  private var sum: Tensor?
  /// Whether weight decay applies: true for convolution weights, false for biases and batch
  /// normalization's γ and β.
  public let decays: Bool

  /// A parameter with a zero gradient.
  public init(name: String, value: Tensor, decays: Bool) {
    self.name = name
    self.value = value
    self.decays = decays
  }

  /// The gradient of the loss, summed over the micro-batches since the last ``clearGradient()``.
  public var gradient: Tensor {
    get { sum ?? Tensor(zeros: value.shape) }
    _modify {
      var gradient = sum.take() ?? Tensor(zeros: value.shape)
      defer { sum = gradient }
      yield &gradient
    }
  }

  /// Adds to the gradient.
  public mutating func accumulate(_ gradient: consuming Tensor) {
    precondition(
      gradient.shape == value.shape, "a gradient \(gradient.shape) of \(name) \(value.shape)")
    if sum == nil { sum = gradient } else { sum?.add(gradient) }
  }

  /// Sets the gradient to zero and gives its memory back.
  public mutating func clearGradient() { sum = nil }
}

/// A tensor that belongs to a network but is not trained by gradient: running statistics.
public struct Buffer: Sendable {
  /// The path in the network, for example `encoder.0.normalization.1.running_mean`.
  public let name: String
  /// The current value.
  public var value: Tensor

  /// A buffer of this name and value.
  public init(name: String, value: Tensor) {
    self.name = name
    self.value = value
  }
}

/// Anything with parameters and buffers: a layer, a block, a network.
///
/// The order of the visits is fixed; optimizers and checkpoints rely on it.
public protocol Parameterized {
  /// Visits every parameter, in a fixed order.
  mutating func forEachParameter<Failure: Error>(
    _ body: (inout Parameter) throws(Failure) -> Void) throws(Failure)
  /// Visits every buffer, in a fixed order.
  mutating func forEachBuffer<Failure: Error>(
    _ body: (inout Buffer) throws(Failure) -> Void) throws(Failure)
}

extension Parameterized {
  /// No buffers.
  public mutating func forEachBuffer<Failure: Error>(
    _ body: (inout Buffer) throws(Failure) -> Void
  ) throws(Failure) {}
}
