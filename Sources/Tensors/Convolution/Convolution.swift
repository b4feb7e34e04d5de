import Compute

/// 3D convolution (cross-correlation, as in every deep learning library) and its gradients.
///
/// Activations are `[N, C, D, H, W]`, weights `[out, in, z, y, x]`, biases `[out]`.
///
/// ``ConvolutionPlanner`` chooses between tiled im2col + sgemm (Chellapilla, Puri and Simard, 2006;
/// the matrix of shifted input copies is built tile by tile, in the cache, and never as a whole),
/// direct products, and short transforms. Inputs may be stacks of activations, read one after the
/// other along the channel axis.
public enum Convolution {
  /// The output `[N, out, D', H', W']`.
  ///
  /// `y[n, o, v] = bias[o] + Σ_{c, t} weight[o, c, t] · x[n, c, v · stride + t · dilation − padding]`
  public static func forward(
    _ input: Tensor, weight: Tensor, bias: Tensor? = nil, geometry: ConvolutionGeometry,
    workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try forward(
      ChannelStack([input]), weight: weight, bias: bias, geometry: geometry,
      workspace: &workspace)
  }

  /// The output `[N, out, D', H', W']` of a stack, for a weight `[out, Σ Cᵢ, z, y, x]`.
  public static func forward(
    _ input: ChannelStack, weight: Tensor, bias: Tensor? = nil, geometry: ConvolutionGeometry,
    workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try checkWeight(weight, geometry: geometry, inputChannels: input.shape)
    let outputs = weight.shape[0]
    if let bias, bias.shape != [outputs] {
      throw ShapeError(
        "convolution bias", expected: "\(Shape([outputs]))", found: "\(bias.shape)")
    }
    let extents = try geometry.output(for: input.shape.extents)
    let problem = ConvolutionProblem(
      geometry: geometry, batch: input.shape.batch, inputChannels: input.shape.channels,
      outputChannels: outputs, output: extents, pass: .forward, isPrepared: false)
    guard let fast = ConvolutionPlanner.plan(problem).fast else {
      let lowering = Lowering(problem, input: input.shape.extents)
      return lowering.forward(
        Channels.joined(input), weight: weight, bias: bias, workspace: &workspace)
    }
    var output = Tensor(
      uninitialized: Shape(batch: input.shape.batch, channels: outputs, extents: extents))
    fast.reading(input.shape.extents).forward(
      input.parts.map { ChannelStack.Part($0) }, weights: .plain(weight),
      epilogue: ConvolutionEpilogue(bias: bias?.scalars ?? []), into: &output,
      workspace: &workspace)
    return output
  }

  /// The gradient of the input `[N, in, D, H, W]`, whose extents are `extents`.
  public static func inputGradient(
    _ gradient: Tensor, weight: Tensor, extents: SpatialAxes, geometry: ConvolutionGeometry,
    workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try checkGradient(gradient, weight: weight, extents: extents, geometry: geometry)
    return try inputGradients(
      gradient, weight: weight, channels: [weight.shape[1]], extents: extents,
      geometry: geometry, workspace: &workspace)[0]
  }

  /// The gradients of the parts of a stack: one `[N, channels[i], D, H, W]` each, whose extents are
  /// `extents`.
  public static func inputGradients(
    _ gradient: Tensor, weight: Tensor, channels: [Int], extents: SpatialAxes,
    geometry: ConvolutionGeometry, workspace: inout Workspace
  ) throws(ShapeError) -> [Tensor] {
    try checkGradient(gradient, weight: weight, extents: extents, geometry: geometry)
    guard weight.shape[1] == channels.reduce(0, +) else {
      throw ShapeError(
        "convolution weight", expected: "[out, \(channels.reduce(0, +)), z, y, x] for this stack",
        found: "\(weight.shape)")
    }
    var first = 0
    var parts: [Tensor] = []
    for count in channels {
      parts.append(
        try inputGradient(
          gradient, weight: weight, of: first..<first + count, extents: extents,
          geometry: geometry, workspace: &workspace))
      first += count
    }
    return parts
  }

  /// The gradient of some input channels.
  private static func inputGradient(
    _ gradient: Tensor, weight: Tensor, of channels: Range<Int>, extents: SpatialAxes,
    geometry: ConvolutionGeometry, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    guard let flipped = geometry.inputGradientGeometry else {
      let lowering = Lowering(
        geometry: geometry, batch: gradient.shape.batch, inputChannels: channels.count,
        outputChannels: weight.shape[0], input: extents, output: gradient.shape.extents)
      return lowering.scatter(
        gradient, weight: weight.inputChannels(channels), bias: nil, workspace: &workspace)
    }
    let problem = ConvolutionProblem(
      geometry: flipped, batch: gradient.shape.batch, inputChannels: weight.shape[0],
      outputChannels: channels.count, output: extents, pass: .forward, isPrepared: false)
    guard let fast = ConvolutionPlanner.plan(problem).fast else {
      let lowering = Lowering(problem, input: gradient.shape.extents)
      return lowering.forward(
        gradient, weight: flip(weight.inputChannels(channels)), bias: nil, workspace: &workspace)
    }
    var output = Tensor(
      uninitialized: Shape(
        batch: gradient.shape.batch, channels: channels.count, extents: extents))
    fast.reading(gradient.shape.extents).forward(
      [ChannelStack.Part(gradient)], weights: .plain(weight, flippedFrom: channels.lowerBound),
      epilogue: ConvolutionEpilogue(),
      into: &output, workspace: &workspace)
    return output
  }

  /// The gradient of the weight `[out, in, z, y, x]`.
  public static func weightGradient(
    _ gradient: Tensor, input: Tensor, geometry: ConvolutionGeometry, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try weightGradient(
      gradient, input: ChannelStack([input]), geometry: geometry, workspace: &workspace)
  }

  /// The gradient of the weight `[out, Σ Cᵢ, z, y, x]`.
  public static func weightGradient(
    _ gradient: Tensor, input: ChannelStack, geometry: ConvolutionGeometry,
    workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try gradient.shape.requireActivation("convolution weight gradient")
    let extents = try geometry.output(for: input.shape.extents)
    let expected = Shape(
      batch: input.shape.batch, channels: gradient.shape.channels, extents: extents)
    guard gradient.shape == expected else {
      throw ShapeError(
        "convolution weight gradient", expected: "an output gradient \(expected)",
        found: "\(gradient.shape)")
    }
    let problem = ConvolutionProblem(
      geometry: geometry, batch: input.shape.batch, inputChannels: input.shape.channels,
      outputChannels: gradient.shape.channels, output: extents, pass: .weightGradient,
      isPrepared: false)
    guard let fast = ConvolutionPlanner.plan(problem).fast else {
      let lowering = Lowering(problem, input: input.shape.extents)
      return lowering.weightGradient(
        gradient, input: Channels.joined(input), workspace: &workspace)
    }
    return input.parts.map { ChannelStack.Part($0) }.withAddresses(
      batch: input.shape.batch
    ) { inputs in
      gradient.withPointer { pointer in
        let size = gradient.count / gradient.shape.batch
        return fast.reading(input.shape.extents).weightGradient(
          inputs, gradients: (0..<gradient.shape.batch).map { SharedPointer(pointer + $0 * size) },
          workspace: &workspace)
      }
    }
  }

  /// The gradient of the bias `[out]`: the sum of the output gradient over samples and voxels.
  public static func biasGradient(_ gradient: Tensor) throws(ShapeError) -> Tensor {
    try gradient.shape.requireActivation("convolution bias gradient")
    return Reduction.channelSums(gradient)
  }
}
