import Compute

/// Convolution of activations stacked along the channel axis, and its gradients.
///
/// Convolution is linear in its input channels: the gradients of weight and input fall apart into
/// those of the parts.
extension Convolution {
  /// The output `[N, out, D', H', W']` of a stack, for a weight `[out, Σ Cᵢ, z, y, x]`.
  public static func forward(
    _ input: ChannelStack, weight: Tensor, bias: Tensor? = nil, geometry: ConvolutionGeometry,
    workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try PreparedConvolution(weight: weight, bias: bias, geometry: geometry, relu: false)(
      input, workspace: &workspace)
  }

  /// The gradient of the weight `[out, Σ Cᵢ, z, y, x]`.
  public static func weightGradient(
    _ gradient: Tensor, input: ChannelStack, geometry: ConvolutionGeometry,
    workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    var parts: [Tensor] = []
    for part in input.parts {
      parts.append(
        try weightGradient(gradient, input: part, geometry: geometry, workspace: &workspace))
    }
    return Tensor.joinedAlongInputs(parts)
  }

  /// The gradients of the parts of a stack: one `[N, channels[i], D, H, W]` each, whose extents are
  /// `extents`.
  public static func inputGradients(
    _ gradient: Tensor, weight: Tensor, channels: [Int], extents: SpatialAxes,
    geometry: ConvolutionGeometry, workspace: inout Workspace
  ) throws(ShapeError) -> [Tensor] {
    try checkInputs(of: weight, channels: channels.reduce(0, +))
    var first = 0
    var parts: [Tensor] = []
    for count in channels {
      parts.append(
        try inputGradient(
          gradient, weight: weight.inputChannels(first..<first + count), extents: extents,
          geometry: geometry, workspace: &workspace))
      first += count
    }
    return parts
  }

  private static func checkInputs(of weight: Tensor, channels: Int) throws(ShapeError) {
    guard weight.shape.rank == 5, weight.shape[1] == channels else {
      throw ShapeError(
        "convolution weight", expected: "[out, \(channels), z, y, x] for this stack",
        found: "\(weight.shape)")
    }
  }
}

/// Weights `[out, in, z, y, x]`, cut and joined along their input channels.
extension Tensor {
  /// The weight of some input channels.
  fileprivate func inputChannels(_ range: Range<Int>) -> Tensor {
    let (outputs, inputs, taps) = (shape[0], shape[1], shape.voxels)
    if range == 0..<inputs { return self }
    var result = Tensor(uninitialized: shape.with(channels: range.count))
    result.withMutablePointer { target in
      withPointer { source in
        for o in 0..<outputs {
          (target + o * range.count * taps).update(
            from: source + (o * inputs + range.lowerBound) * taps, count: range.count * taps)
        }
      }
    }
    return result
  }

  /// Weights of equal outputs and taps, one after the other along their input channels.
  fileprivate static func joinedAlongInputs(_ parts: [Tensor]) -> Tensor {
    if parts.count == 1 { return parts[0] }
    let inputs = parts.reduce(0) { $0 + $1.shape[1] }
    let (outputs, taps) = (parts[0].shape[0], parts[0].shape.voxels)
    var result = Tensor(uninitialized: parts[0].shape.with(channels: inputs))
    var first = 0
    for part in parts {
      let count = part.shape[1]
      result.withMutablePointer { target in
        part.withPointer { source in
          for o in 0..<outputs {
            (target + (o * inputs + first) * taps).update(
              from: source + o * count * taps, count: count * taps)
          }
        }
      }
      first += count
    }
    return result
  }
}
