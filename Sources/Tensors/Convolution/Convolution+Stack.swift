import Compute

/// Convolution of activations stacked along the channel axis, and its gradients.
extension Convolution {
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
    guard let fast = fast(problem, input: input.shape.extents) else {
      let lowering = Lowering(problem, input: input.shape.extents)
      return lowering.forward(
        Channels.joined(input), weight: weight, bias: bias, workspace: &workspace)
    }
    var output = Tensor(
      uninitialized: Shape(batch: input.shape.batch, channels: outputs, extents: extents))
    fast.forward(
      input.parts.map { ChannelStack.Part($0) }, weights: .plain(weight),
      epilogue: ConvolutionEpilogue(bias: bias?.scalars ?? []), into: &output,
      workspace: &workspace)
    return output
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
    guard let fast = fast(problem, input: input.shape.extents) else {
      let lowering = Lowering(problem, input: input.shape.extents)
      return lowering.weightGradient(
        gradient, input: Channels.joined(input), workspace: &workspace)
    }
    return input.parts.map { ChannelStack.Part($0) }.withAddresses(
      batch: input.shape.batch
    ) { inputs in
      gradient.withPointer { pointer in
        let size = gradient.count / gradient.shape.batch
        return fast.weightGradient(
          inputs, gradients: (0..<gradient.shape.batch).map { pointer + $0 * size },
          workspace: &workspace)
      }
    }
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
    guard let fast = fast(problem, input: gradient.shape.extents) else {
      let lowering = Lowering(problem, input: gradient.shape.extents)
      return lowering.forward(
        gradient, weight: flip(weight.inputChannels(channels)), bias: nil, workspace: &workspace)
    }
    var output = Tensor(
      uninitialized: Shape(
        batch: gradient.shape.batch, channels: channels.count, extents: extents))
    fast.forward(
      [ChannelStack.Part(gradient)], weights: .plain(weight, flippedFrom: channels.lowerBound),
      epilogue: ConvolutionEpilogue(),
      into: &output, workspace: &workspace)
    return output
  }

  /// The fast convolution that the planner chose, nil where it chose im2col.
  static func fast(
    _ problem: ConvolutionProblem, input: SpatialAxes, firstPlane: Int = 0
  ) -> FastConvolution? {
    let tile: SpatialAxes
    switch ConvolutionPlanner.plan(problem).algorithm {
    case .im2col: return nil
    case .direct: tile = 1
    case .transforms(let size): tile = size
    }
    return FastConvolution(
      geometry: problem.geometry, inputChannels: problem.inputChannels,
      outputChannels: problem.outputChannels, input: input, output: problem.output,
      firstPlane: firstPlane, tile: tile)
  }
}

extension Lowering {
  init(_ problem: ConvolutionProblem, input: SpatialAxes) {
    self.init(
      geometry: problem.geometry, batch: problem.batch, inputChannels: problem.inputChannels,
      outputChannels: problem.outputChannels, input: input, output: problem.output)
  }
}

extension FastConvolution {
  /// Writes the wanted planes of a whole output.
  func forward(
    _ parts: [ChannelStack.Part], weights: FastWeightSource, epilogue: ConvolutionEpilogue,
    into whole: inout Tensor, workspace: inout Workspace
  ) {
    let shape = whole.shape
    whole.withMutablePointer { target in
      parts.withAddresses(batch: shape.batch) { inputs in
        let start = target + firstPlane * shape.height * shape.width
        forward(
          inputs, weights: weights, epilogue: epilogue,
          outputs: (0..<shape.batch).map { start + $0 * shape.channels * shape.voxels },
          channelStride: shape.voxels, workspace: &workspace)
      }
    }
  }
}

extension [ChannelStack.Part] {
  /// For every sample, the address of plane 0 of every channel, whether that plane exists or not.
  func withAddresses<Result>(
    batch: Int, _ body: ([[UnsafePointer<Float>]]) -> Result
  ) -> Result {
    func visit(_ index: Int, _ samples: [[UnsafePointer<Float>]]) -> Result {
      guard index < count else { return body(samples) }
      let part = self[index]
      return part.tensor.withPointer { pointer in
        let shape = part.tensor.shape
        var samples = samples
        for sample in 0..<batch {
          for channel in 0..<shape.channels {
            let offset = (sample * shape.channels + channel) * shape.voxels
            samples[sample].append(
              pointer + offset - part.firstPlane * shape.height * shape.width)
          }
        }
        return visit(index + 1, samples)
      }
    }
    return visit(0, [[UnsafePointer<Float>]](repeating: [], count: batch))
  }
}

/// Weights `[out, in, z, y, x]`, cut along their input channels.
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
}
