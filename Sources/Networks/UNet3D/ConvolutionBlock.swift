import Compute
import Tensors

/// Twice (convolution, batch normalization, ReLU): one level of a U-Net.
public struct ConvolutionBlock: Layer {
  /// The convolutions, both of stride 1 and "same" padding.
  public var convolutions: [ConvolutionLayer]
  /// The normalization, with ReLU, after each.
  public var normalizations: [BatchNormalizationLayer]

  /// What backward needs, step by step.
  public struct Tape: Sendable {
    var steps: [(convolution: ConvolutionLayer.Tape, normalization: BatchNormalizationLayer.Tape)]
  }

  /// Channels `inputs` → `middle` → `outputs`.
  init(
    name: String, inputs: Int, middle: Int, outputs: Int, geometry: ConvolutionGeometry,
    epsilon: Double, momentum: Double
  ) {
    let widths = [(inputs, middle), (middle, outputs)]
    convolutions = widths.enumerated().map { index, width in
      ConvolutionLayer(
        name: "\(name).convolution.\(index)", inputs: width.0, outputs: width.1,
        geometry: geometry)
    }
    normalizations = widths.enumerated().map { index, width in
      BatchNormalizationLayer(
        name: "\(name).normalization.\(index)", channels: width.1, epsilon: epsilon,
        momentum: momentum, hasReLU: true)
    }
  }

  /// The shape of the output for this input.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    try convolutions[1].outputShape(for: convolutions[0].outputShape(for: input))
  }

  /// The block in inference.
  public func predict(
    _ input: Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    var x = input
    for index in convolutions.indices {
      x = try normalizations[index].predict(
        consuming: convolutions[index].predict(x, workspace: &workspace))
    }
    return x
  }

  /// The block in training.
  public mutating func forward(
    _ input: Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> (output: Tensor, tape: Tape) {
    var x = input
    var tape = Tape(steps: [])
    for index in convolutions.indices {
      let convolved = try convolutions[index].forward(x, workspace: &workspace)
      let normalized = try normalizations[index].forward(
        convolved.output, workspace: &workspace)
      x = normalized.output
      tape.steps.append((convolved.tape, normalized.tape))
    }
    return (x, tape)
  }

  /// Adds to the gradients of all parameters; returns that of the input.
  public mutating func backward(
    _ gradient: Tensor, tape: consuming Tape, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    let second = try backwardSecond(gradient, tape: &tape, workspace: &workspace)
    return try convolutions[0].backward(
      second, tape: tape.steps[0].convolution, workspace: &workspace)
  }

  /// As ``backward(_:tape:workspace:)`` without the gradient of the input.
  mutating func backwardParameters(
    _ gradient: Tensor, tape: consuming Tape, workspace: inout Workspace
  ) throws(ShapeError) {
    let second = try backwardSecond(gradient, tape: &tape, workspace: &workspace)
    try convolutions[0].backwardParameters(
      second, tape: tape.steps[0].convolution, workspace: &workspace)
  }

  /// Back to the output of the first convolution; frees the tape of what lies behind it.
  private mutating func backwardSecond(
    _ gradient: Tensor, tape: inout Tape, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    let second = tape.steps.removeLast()
    var gradient = try normalizations[1].backward(
      gradient, tape: second.normalization, workspace: &workspace)
    gradient = try convolutions[1].backward(
      gradient, tape: second.convolution, workspace: &workspace)
    return try normalizations[0].backward(
      gradient, tape: tape.steps[0].normalization, workspace: &workspace)
  }

  /// Convolution 0, normalization 0, convolution 1, normalization 1.
  public mutating func forEachParameter<Failure: Error>(
    _ body: (inout Parameter) throws(Failure) -> Void
  ) throws(Failure) {
    for index in convolutions.indices {
      try convolutions[index].forEachParameter(body)
      try normalizations[index].forEachParameter(body)
    }
  }

  /// The running statistics, in order.
  public mutating func forEachBuffer<Failure: Error>(
    _ body: (inout Buffer) throws(Failure) -> Void
  ) throws(Failure) {
    for index in normalizations.indices { try normalizations[index].forEachBuffer(body) }
  }
}
