import Compute
import Tensors

/// A 3D convolution with bias: `[N, in, D, H, W]` → `[N, out, D', H', W']`.
public struct ConvolutionLayer: Layer {
  /// The weight `[out, in, z, y, x]`.
  public var weight: Parameter
  /// The bias `[out]`; nil where batch normalization makes it superfluous.
  public var bias: Parameter?
  /// How the window moves.
  public let geometry: ConvolutionGeometry

  /// What backward needs: the input.
  public struct Tape: Sendable {
    let input: Tensor
  }

  /// A layer of zeros; ``Initializer`` gives it values.
  public init(
    name: String, inputs: Int, outputs: Int, geometry: ConvolutionGeometry, hasBias: Bool = true
  ) {
    precondition(inputs > 0 && outputs > 0, "a convolution has at least one channel")
    self.geometry = geometry
    let kernel = geometry.kernel
    weight = Parameter(
      name: "\(name).weight",
      value: Tensor(zeros: [outputs, inputs, kernel.depth, kernel.height, kernel.width]),
      decays: true)
    bias =
      hasBias
      ? Parameter(name: "\(name).bias", value: Tensor(zeros: [outputs]), decays: false) : nil
  }

  /// The layer of a network's convolution, of zeros.
  init(_ convolution: UNetConvolution, geometry: ConvolutionGeometry) {
    self.init(
      name: convolution.name, inputs: convolution.inputs, outputs: convolution.outputs,
      geometry: geometry)
  }

  /// The shape of the output for this input.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    try input.requireActivation(weight.name)
    guard input.channels == weight.value.shape[1] else {
      throw ShapeError(
        weight.name, expected: "\(weight.value.shape[1]) input channels",
        found: "\(input.channels)")
    }
    let extents = try geometry.output(for: input.extents)
    return Shape(
      batch: input.batch, channels: weight.value.shape[0], depth: extents.depth,
      height: extents.height, width: extents.width)
  }

  /// The convolution.
  public func predict(
    _ input: consuming Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try convolve(ChannelStack([input]), workspace: &workspace)
  }

  /// The convolution, and its input for backward.
  public mutating func forward(
    _ input: consuming Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> (output: Tensor, tape: Tape) {
    (try convolve(ChannelStack([copy input]), workspace: &workspace), Tape(input: input))
  }

  /// Adds to the gradients of weight and bias; returns that of the input.
  public mutating func backward(
    _ gradient: consuming Tensor, tape: consuming Tape, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    let extents = tape.input.shape.extents
    try addParameterGradients(
      gradient, input: ChannelStack([tape.input]), workspace: &workspace)
    _ = consume tape
    return try inputGradient(gradient, extents: extents, workspace: &workspace)
  }

  /// The convolution of a stack.
  func convolve(
    _ input: ChannelStack, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try Convolution.forward(
      input, weight: weight.value, bias: bias?.value, geometry: geometry, workspace: &workspace)
  }

  /// Adds to the gradients of weight and bias.
  mutating func addParameterGradients(
    _ gradient: Tensor, input: ChannelStack, workspace: inout Workspace
  ) throws(ShapeError) {
    weight.accumulate(
      try Convolution.weightGradient(
        gradient, input: input, geometry: geometry, workspace: &workspace))
    try bias?.accumulate(Convolution.biasGradient(gradient))
  }

  /// The gradient of an input of these extents.
  func inputGradient(
    _ gradient: Tensor, extents: SpatialAxes, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try Convolution.inputGradient(
      gradient, weight: weight.value, extents: extents, geometry: geometry,
      workspace: &workspace)
  }

  /// The gradients of the parts of a stack.
  func inputGradients(
    _ gradient: Tensor, channels: [Int], extents: SpatialAxes, workspace: inout Workspace
  ) throws(ShapeError) -> [Tensor] {
    try Convolution.inputGradients(
      gradient, weight: weight.value, channels: channels, extents: extents, geometry: geometry,
      workspace: &workspace)
  }

  /// The convolution with the weights of this moment: `isKept` for many inputs, not in training.
  func prepared(relu: Bool = false, isKept: Bool = true) throws(ShapeError) -> PreparedConvolution {
    try PreparedConvolution(
      weight: weight.value, bias: bias?.value, geometry: geometry, relu: relu, isKept: isKept)
  }

  /// Weight, then bias.
  public mutating func forEachParameter<Failure: Error>(
    _ body: (inout Parameter) throws(Failure) -> Void
  ) throws(Failure) {
    try body(&weight)
    if bias != nil { try body(&bias!) }
  }
}
