import Compute

/// 3D convolution (cross-correlation, as in every deep learning library) and its gradients.
///
/// Activations are `[N, C, D, H, W]`, weights `[out, in, z, y, x]`, biases `[out]`.
///
/// The algorithm is tiled im2col + sgemm (Chellapilla, Puri and Simard, 2006): the matrix of shifted
/// input copies is built tile by tile, in the cache, and never as a whole.
public enum Convolution {
  /// The output `[N, out, D', H', W']`.
  ///
  /// `y[n, o, v] = bias[o] + Σ_{c, t} weight[o, c, t] · x[n, c, v · stride + t · dilation − padding]`
  public static func forward(
    _ input: Tensor, weight: Tensor, bias: Tensor? = nil, geometry: ConvolutionGeometry,
    workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try checkWeight(weight, geometry: geometry, inputChannels: input.shape)
    let outputs = weight.shape[0]
    if let bias, bias.shape != [outputs] {
      throw ShapeError(
        "convolution bias", expected: "\(Shape([outputs]))", found: "\(bias.shape)")
    }
    let extents = try geometry.output(for: input.shape.extents)
    let lowering = Lowering(
      geometry: geometry, batch: input.shape.batch, inputChannels: input.shape.channels,
      outputChannels: outputs, input: input.shape.extents, output: extents)
    return lowering.forward(input, weight: weight, bias: bias, workspace: &workspace)
  }

  /// The gradient of the input `[N, in, D, H, W]`, whose extents are `extents`.
  public static func inputGradient(
    _ gradient: Tensor, weight: Tensor, extents: SpatialAxes, geometry: ConvolutionGeometry,
    workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try checkGradient(gradient, weight: weight, extents: extents, geometry: geometry)
    if let flipped = geometry.inputGradientGeometry {
      return try forward(
        gradient, weight: flip(weight), geometry: flipped, workspace: &workspace)
    }
    let lowering = Lowering(
      geometry: geometry, batch: gradient.shape.batch, inputChannels: weight.shape[1],
      outputChannels: weight.shape[0], input: extents, output: gradient.shape.extents)
    return lowering.scatter(gradient, weight: weight, bias: nil, workspace: &workspace)
  }

  /// The gradient of the weight `[out, in, z, y, x]`.
  public static func weightGradient(
    _ gradient: Tensor, input: Tensor, geometry: ConvolutionGeometry, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try input.shape.requireActivation("convolution weight gradient")
    try gradient.shape.requireActivation("convolution weight gradient")
    let extents = try geometry.output(for: input.shape.extents)
    let expected = Shape(
      batch: input.shape.batch, channels: gradient.shape.channels, extents: extents)
    guard gradient.shape == expected else {
      throw ShapeError(
        "convolution weight gradient", expected: "an output gradient \(expected)",
        found: "\(gradient.shape)")
    }
    let lowering = Lowering(
      geometry: geometry, batch: input.shape.batch, inputChannels: input.shape.channels,
      outputChannels: gradient.shape.channels, input: input.shape.extents, output: extents)
    return lowering.weightGradient(gradient, input: input, workspace: &workspace)
  }

  /// The gradient of the bias `[out]`: the sum of the output gradient over samples and voxels.
  public static func biasGradient(_ gradient: Tensor) throws(ShapeError) -> Tensor {
    try gradient.shape.requireActivation("convolution bias gradient")
    return Reduction.channelSums(gradient)
  }

  /// Weights with input and output channels exchanged and the taps reversed,
  /// `[out, in, z, y, x] → [in, out, −z, −y, −x]`.
  static func flip(_ weight: Tensor) -> Tensor {
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    let taps = weight.shape.voxels
    var flipped = Tensor(
      uninitialized: [inputs, outputs, weight.shape[2], weight.shape[3], weight.shape[4]])
    weight.withPointer { source in
      flipped.withMutablePointer { target in
        for i in 0..<inputs {
          for o in 0..<outputs {
            let from = source + (o * inputs + i) * taps
            let to = target + (i * outputs + o) * taps
            for t in 0..<taps { to[taps - 1 - t] = from[t] }
          }
        }
      }
    }
    return flipped
  }

  private static func checkWeight(
    _ weight: Tensor, geometry: ConvolutionGeometry, inputChannels input: Shape
  ) throws(ShapeError) {
    try input.requireActivation("convolution")
    guard weight.shape.rank == 5, weight.shape[1] == input.channels,
      weight.shape.extents == geometry.kernel, weight.shape[0] > 0
    else {
      throw ShapeError(
        "convolution weight",
        expected: "[out, \(input.channels), \(geometry.kernel)] for an input \(input)",
        found: "\(weight.shape)")
    }
  }

  private static func checkGradient(
    _ gradient: Tensor, weight: Tensor, extents: SpatialAxes, geometry: ConvolutionGeometry
  ) throws(ShapeError) {
    try gradient.shape.requireActivation("convolution input gradient")
    let output = try geometry.output(for: extents)
    guard weight.shape.rank == 5, weight.shape.extents == geometry.kernel,
      gradient.shape.channels == weight.shape[0], gradient.shape.extents == output
    else {
      throw ShapeError(
        "convolution input gradient",
        expected: "[N, out, \(output)] and a weight [out, in, \(geometry.kernel)]",
        found: "\(gradient.shape) and \(weight.shape)")
    }
  }
}
