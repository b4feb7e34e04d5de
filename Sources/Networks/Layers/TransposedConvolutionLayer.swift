import Compute
import Tensors

/// A transposed convolution 2×2×2 of stride 2 with bias: doubles every axis.
public struct TransposedConvolutionLayer: Layer {
  /// The weight `[in, out, 2, 2, 2]`.
  public var weight: Parameter
  /// The bias `[out]`.
  public var bias: Parameter

  /// What backward needs: the input.
  public struct Tape: Sendable {
    let input: Tensor
  }

  /// A layer of zeros; ``Initializer`` gives it values.
  public init(name: String, inputs: Int, outputs: Int) {
    precondition(inputs > 0 && outputs > 0, "a convolution has at least one channel")
    weight = Parameter(
      name: "\(name).weight", value: Tensor(zeros: [inputs, outputs, 2, 2, 2]), decays: true)
    bias = Parameter(name: "\(name).bias", value: Tensor(zeros: [outputs]), decays: false)
  }

  /// The shape of the output for this input.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    try input.requireActivation(weight.name)
    guard input.channels == weight.value.shape[0] else {
      throw ShapeError(
        weight.name, expected: "\(weight.value.shape[0]) input channels",
        found: "\(input.channels)")
    }
    return Shape(
      batch: input.batch, channels: weight.value.shape[1], depth: 2 * input.depth,
      height: 2 * input.height, width: 2 * input.width)
  }

  /// The transposed convolution.
  public func predict(
    _ input: consuming Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try upsample(input, workspace: &workspace)
  }

  /// The transposed convolution, and its input for backward.
  public mutating func forward(
    _ input: consuming Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> (output: Tensor, tape: Tape) {
    (try upsample(input, workspace: &workspace), Tape(input: input))
  }

  /// Adds to the gradients of weight and bias; returns that of the input.
  public mutating func backward(
    _ gradient: consuming Tensor, tape: consuming Tape, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try addParameterGradients(gradient, input: tape.input, workspace: &workspace)
    _ = consume tape
    return try inputGradient(gradient, workspace: &workspace)
  }

  /// The transposed convolution.
  func upsample(_ input: Tensor, workspace: inout Workspace) throws(ShapeError) -> Tensor {
    try TransposedConvolution.forward(
      input, weight: weight.value, bias: bias.value, geometry: .halving, workspace: &workspace)
  }

  /// Adds to the gradients of weight and bias.
  mutating func addParameterGradients(
    _ gradient: Tensor, input: Tensor, workspace: inout Workspace
  ) throws(ShapeError) {
    weight.accumulate(
      try TransposedConvolution.weightGradient(
        gradient, input: input, geometry: .halving, workspace: &workspace))
    bias.accumulate(try Convolution.biasGradient(gradient))
  }

  /// The gradient of the input.
  func inputGradient(
    _ gradient: Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try TransposedConvolution.inputGradient(
      gradient, weight: weight.value, geometry: .halving, workspace: &workspace)
  }

  /// Weight, then bias.
  public mutating func forEachParameter<Failure: Error>(
    _ body: (inout Parameter) throws(Failure) -> Void
  ) throws(Failure) {
    try body(&weight)
    try body(&bias)
  }
}
