import Compute
import Tensors

/// A ``UNet3D`` made ready to predict: batch normalization folded into the convolutions, ReLU in
/// the same pass, no concatenation, every activation freed with its last reader.
///
/// It is made once for a model and applied to every tile and frame; later changes of the network do
/// not reach it. Where the network takes its statistics from the volume at hand
/// (``UNet3D/inferenceStatistics``) there is nothing to fold, and normalization stays a step of its
/// own.
public struct InferenceNetwork: Sendable {
  /// The architecture.
  public let configuration: UNetConfiguration
  /// The size up to which an upsampled activation is made at once.
  package var slabBytes: Int
  private let encoder: [[Step]]
  private let decoder: [Level]
  private let head: PreparedConvolution

  /// A convolution with all that follows it.
  private struct Step: Sendable {
    let convolution: PreparedConvolution
    /// nil where it is folded into the convolution.
    let normalization: BatchNormalizationLayer?

    init(
      _ layer: ConvolutionLayer, _ normalization: BatchNormalizationLayer, folding: Bool
    ) throws(ShapeError) {
      convolution =
        folding ? try layer.folded(normalization) : try layer.prepared()
      self.normalization = folding ? nil : normalization
    }

    /// The work of the step at a level: its multiply–adds for a voxel of the input.
    func amount(at level: Int) -> Double {
      Double(convolution.weight.shape.count) / Double(1 << (3 * level))
    }

    /// The step; its input is freed if nothing else holds it.
    func callAsFunction(
      _ input: consuming Tensor, workspace: inout Workspace
    ) throws(ShapeError) -> Tensor {
      try finish(convolution(ChannelStack([input]), workspace: &workspace), &workspace)
    }

    /// What follows the convolution.
    func finish(
      _ convolved: consuming Tensor, _ workspace: inout Workspace
    ) throws(ShapeError) -> Tensor {
      guard let normalization else { return convolved }
      return try normalization.predict(convolved, workspace: &workspace)
    }
  }

  /// A level of the decoder.
  private struct Level: Sendable {
    let entry: UpsampledConvolution
    let steps: [Step]
  }

  /// The network as it is now.
  public init(_ network: UNet3D) throws(ShapeError) {
    try self.init(network, folding: network.inferenceStatistics == .running)
  }

  /// The same with normalization as a step of its own.
  package init(_ network: UNet3D, folding: Bool) throws(ShapeError) {
    func steps(_ block: ConvolutionBlock) throws(ShapeError) -> [Step] {
      var steps: [Step] = []
      for (convolution, normalization) in zip(block.convolutions, block.normalizations) {
        steps.append(try Step(convolution, normalization, folding: folding))
      }
      return steps
    }
    configuration = network.configuration
    slabBytes = network.slabBytes
    var encoder: [[Step]] = []
    for block in network.encoder { encoder.append(try steps(block)) }
    self.encoder = encoder
    var decoder: [Level] = []
    for (block, upsampling) in zip(network.decoder, network.upsampling) {
      let steps = try steps(block)
      decoder.append(
        Level(
          entry: UpsampledConvolution(upsampling, steps[0].convolution), steps: steps))
    }
    self.decoder = decoder
    head = try network.head.prepared()
  }

  /// The logits `[N, out, D, H, W]` of an input `[N, in, D, H, W]`, as
  /// ``UNet3D/predict(_:workspace:)`` to rounding.
  ///
  /// - Parameters:
  ///   - input: The input.
  ///   - core: The voxels whose logits are wanted; nil for all. The decoder computes no more than
  ///     these depend on.
  ///   - workspace: Scratch memory.
  public func predict(
    _ input: consuming Tensor, core: SpatialRegion? = nil, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    let output = try configuration.outputShape(for: input.shape)
    let regions = NetworkRegions(configuration, extents: output.extents, core: core)
    var x = try Padding.mirror(
      input, to: configuration.paddedExtents(input.shape.extents))
    _ = consume input
    var progress = WorkSteps(of: amount)
    var skips: [Tensor] = []
    for level in encoder.indices {
      if level > 0 { x = try MaxPooling.predict(x) }
      for step in encoder[level] {
        x = try step(consume x, workspace: &workspace)
        progress.finish(step.amount(at: level))
      }
      if level < decoder.count { skips.append(x.cropped(to: regions.decoder[level])) }
    }
    for level in decoder.indices.reversed() {
      let steps = decoder[level].steps
      let entry = steps[0].amount(at: level)
      x = x.cropped(to: regions.entry(level))
      x = try enter(
        decoder[level], below: consume x, skip: skips.removeLast(), progress: progress.next(entry),
        workspace: &workspace)
      progress.finish(entry)
      x = try steps[1](consume x, workspace: &workspace)
      progress.finish(steps[1].amount(at: level))
    }
    x = try head(ChannelStack([consume x]), workspace: &workspace)
    return x.cropped(to: regions.core.inside(regions.computed(0)))
  }

  /// The work of all steps, as ``Step/amount(at:)`` counts it.
  private var amount: Double {
    let blocks = Array(encoder.enumerated()) + decoder.map(\.steps).enumerated()
    return blocks.reduce(0) { sum, block in
      sum + block.element.reduce(0) { $0 + $1.amount(at: block.offset) }
    }
  }

  /// The first step of a decoder level; frees what it reads.
  private func enter(
    _ level: Level, below: consuming Tensor, skip: consuming Tensor, progress: WorkSpan?,
    workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    let convolved = try level.entry(
      below: below, skip: skip, slabBytes: slabBytes, progress: progress, workspace: &workspace)
    _ = consume below
    _ = consume skip
    return try level.steps[0].finish(convolved, &workspace)
  }
}

extension ConvolutionLayer {
  /// The convolution, the normalization after it with its running statistics, and its ReLU as one
  /// convolution:
  ///
  ///     γ (W x + b − μ) / √(σ² + ε) + β = s W x + s (b − μ) + β,  s = γ / √(σ² + ε)
  ///
  /// computed in Double and rounded once.
  func folded(_ normalization: BatchNormalizationLayer) throws(ShapeError) -> PreparedConvolution {
    let statistics = normalization.runningStatistics
    let (gamma, beta) = (normalization.gamma.value, normalization.beta.value)
    let outputs = weight.value.shape[0]
    guard gamma.count == outputs else {
      throw ShapeError(
        normalization.gamma.name, expected: "\(outputs.counted("channel"))", found: "\(gamma.count)"
      )
    }
    let scales = (0..<outputs).map {
      Double(gamma[$0]) / (statistics.variance[$0] + normalization.epsilon).squareRoot()
    }
    let shifts = (0..<outputs).map { output in
      let bias = self.bias.map { Double($0.value[output]) } ?? 0
      return Float(scales[output] * (bias - statistics.mean[output]) + Double(beta[output]))
    }
    return try PreparedConvolution(
      weight: weight.value, scales: scales, bias: Tensor(shifts, shape: [outputs]),
      geometry: geometry,
      relu: normalization.hasReLU)
  }
}
