import Compute

/// 3D convolution (cross-correlation, as in every deep learning library) and its gradients.
///
/// Activations are `[N, C, D, H, W]`, weights `[out, in, z, y, x]`, biases `[out]`.
///
/// ``ConvolutionPlanner`` chooses between tiled im2col + sgemm (Chellapilla, Puri and Simard, 2006;
/// the matrix of shifted input copies is built tile by tile, in the cache, and never as a whole),
/// direct products, and short transforms.
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

  /// The gradient of the weight `[out, in, z, y, x]`.
  public static func weightGradient(
    _ gradient: Tensor, input: Tensor, geometry: ConvolutionGeometry, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try weightGradient(
      gradient, input: ChannelStack([input]), geometry: geometry, workspace: &workspace)
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

  static func checkWeight(
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

  static func checkGradient(
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
