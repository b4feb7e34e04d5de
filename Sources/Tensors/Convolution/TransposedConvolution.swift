import Compute

/// Transposed convolution, the adjoint of ``Convolution``: `[N, in, D, H, W]` to
/// `[N, out, D', H', W']`, with weights `[in, out, z, y, x]`.
///
/// Its geometry is that of the convolution it transposes, so forward and input gradient change
/// places.
public enum TransposedConvolution {
  /// The output. Its extents are the smallest that the geometry maps to the input's:
  /// (D − 1) · stride − 2 · padding + dilation · (kernel − 1) + 1.
  public static func forward(
    _ input: Tensor, weight: Tensor, bias: Tensor? = nil, geometry: ConvolutionGeometry,
    workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try input.shape.requireActivation("transposed convolution")
    guard weight.shape.rank == 5, weight.shape[0] == input.shape.channels,
      weight.shape.extents == geometry.kernel, weight.shape[1] > 0
    else {
      throw ShapeError(
        "transposed convolution weight",
        expected: "[\(input.shape.channels), out, \(geometry.kernel)]", found: "\(weight.shape)")
    }
    if let bias, bias.shape != [weight.shape[1]] {
      throw ShapeError(
        "transposed convolution bias", expected: "\(Shape([weight.shape[1]]))",
        found: "\(bias.shape)")
    }
    let extents = output(for: input.shape.extents, geometry: geometry)
    guard extents.allSatisfy({ $0 >= 1 }) else {
      throw ShapeError(
        "transposed convolution", expected: "an output of at least one voxel",
        found: "\(extents)")
    }
    if let doubling = DoublingTransposedConvolution(
      geometry, weight: weight.shape, batch: input.shape.batch, input: input.shape.extents)
    {
      return doubling.forward(input, weight: weight, bias: bias, workspace: &workspace)
    }
    let lowering = Lowering(
      geometry: geometry, batch: input.shape.batch, inputChannels: weight.shape[1],
      outputChannels: weight.shape[0], input: extents, output: input.shape.extents)
    return lowering.scatter(input, weight: weight, bias: bias, workspace: &workspace)
  }

  /// The gradient of the input, `[N, in, D, H, W]`.
  public static func inputGradient(
    _ gradient: Tensor, weight: Tensor, geometry: ConvolutionGeometry,
    workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try Convolution.checkWeight(weight, geometry: geometry, inputChannels: gradient.shape)
    let extents = try geometry.output(for: gradient.shape.extents)
    if let doubling = DoublingTransposedConvolution(
      geometry, weight: weight.shape, batch: gradient.shape.batch, input: extents),
      doubling.output == gradient.shape.extents
    {
      return doubling.inputGradient(gradient, weight: weight, workspace: &workspace)
    }
    return try Convolution.forward(
      gradient, weight: weight, geometry: geometry, workspace: &workspace)
  }

  /// The gradient of the weight `[in, out, z, y, x]`.
  public static func weightGradient(
    _ gradient: Tensor, input: Tensor, geometry: ConvolutionGeometry, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try gradient.shape.requireActivation("transposed convolution weight gradient")
    try input.shape.requireActivation("transposed convolution weight gradient")
    if let doubling = DoublingTransposedConvolution(
      geometry, weight: [input.shape.channels, gradient.shape.channels, 2, 2, 2],
      batch: input.shape.batch, input: input.shape.extents),
      doubling.output == gradient.shape.extents, gradient.shape.batch == input.shape.batch
    {
      return doubling.weightGradient(gradient, input: input, workspace: &workspace)
    }
    return try Convolution.weightGradient(
      input, input: gradient, geometry: geometry, workspace: &workspace)
  }

  /// The extents of the output for an input of `extents`.
  public static func output(
    for extents: SpatialAxes, geometry: ConvolutionGeometry
  ) -> SpatialAxes {
    func along(_ axis: KeyPath<SpatialAxes, Int>) -> Int {
      (extents[keyPath: axis] - 1) * geometry.stride[keyPath: axis]
        - 2 * geometry.padding[keyPath: axis]
        + geometry.dilation[keyPath: axis] * (geometry.kernel[keyPath: axis] - 1) + 1
    }
    return SpatialAxes(along(\.depth), along(\.height), along(\.width))
  }
}
