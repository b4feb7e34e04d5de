/// What shapes of weights and gradients fit.
extension Convolution {
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
