import Compute
import Tensors

/// The one 3D U-Net behind NSN, NDN and the 3D U-Net baseline; `[N, in, D, H, W]` to logits
/// `[N, out, D, H, W]`.
///
/// Every level is a ``ConvolutionBlock``; 2×2×2 max pooling leads down, a 2×2×2 transposed
/// convolution of stride 2 up, whose output is concatenated as [upsampled, skip]; a 1×1×1
/// convolution ends it. Inputs of any size are mirrored at their far ends up to
/// ``UNetConfiguration/multiple`` and the logits cropped back.
public struct UNet3D: Layer {
  /// The architecture.
  public let configuration: UNetConfiguration
  var encoder: [ConvolutionBlock]
  var upsampling: [TransposedConvolutionLayer]
  var decoder: [ConvolutionBlock]
  var head: ConvolutionLayer
  private var pooling = MaxPoolingLayer()

  /// What backward needs, level by level.
  public struct Tape: Sendable {
    var input: SpatialAxes
    var encoder: [ConvolutionBlock.Tape] = []
    var pooling: [MaxPoolingLayer.Tape] = []
    var upsampling: [TransposedConvolutionLayer.Tape] = []
    var decoder: [ConvolutionBlock.Tape] = []
    var head: ConvolutionLayer.Tape?
  }

  /// A network of zeros; ``Initializer`` or a weights file gives it values.
  public init(_ configuration: UNetConfiguration) throws(ShapeError) {
    try configuration.validate()
    self.configuration = configuration
    let geometry = try ConvolutionGeometry.same(kernel: configuration.kernel)
    func block(_ name: String, _ inputs: Int, _ middle: Int, _ outputs: Int) -> ConvolutionBlock {
      ConvolutionBlock(
        name: name, inputs: inputs, middle: middle, outputs: outputs, geometry: geometry,
        epsilon: configuration.epsilon, momentum: configuration.momentum)
    }
    encoder = (0..<configuration.levels).map { level in
      let inputs = level == 0 ? configuration.inputs : configuration.channels(at: level - 1)
      return block(
        "encoder.\(level)", inputs, level == 0 ? configuration.base : inputs,
        configuration.channels(at: level))
    }
    let lower = (0..<configuration.levels - 1)
    upsampling = lower.map { level in
      let channels = configuration.channels(at: level + 1)
      return TransposedConvolutionLayer(
        name: "decoder.\(level).upsampling", inputs: channels, outputs: channels)
    }
    decoder = lower.map { level in
      let channels = configuration.channels(at: level)
      return block(
        "decoder.\(level)", configuration.channels(at: level + 1) + channels, channels, channels)
    }
    head = ConvolutionLayer(
      name: "head", inputs: configuration.channels(at: 0), outputs: configuration.outputs,
      geometry: try ConvolutionGeometry(kernel: 1))
  }

  /// The statistics that batch normalization uses in inference, in every layer at once.
  public var inferenceStatistics: InferenceStatistics {
    get { encoder[0].normalizations[0].inferenceStatistics }
    set {
      for block in encoder.indices {
        for index in encoder[block].normalizations.indices {
          encoder[block].normalizations[index].inferenceStatistics = newValue
        }
      }
      for block in decoder.indices {
        for index in decoder[block].normalizations.indices {
          decoder[block].normalizations[index].inferenceStatistics = newValue
        }
      }
    }
  }

  /// The shape of the logits: the input's, with the head's channels.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    try input.requireActivation("U-Net")
    guard input.channels == configuration.inputs else {
      throw ShapeError(
        "U-Net", expected: "\(configuration.inputs) input channels", found: "\(input.channels)")
    }
    return input.with(channels: configuration.outputs)
  }

  /// The extents that the levels can halve, at least `extents`.
  public func paddedExtents(_ extents: SpatialAxes) -> SpatialAxes {
    let multiple = configuration.multiple
    func up(_ extent: Int) -> Int { (extent + multiple - 1) / multiple * multiple }
    return SpatialAxes(up(extents.depth), up(extents.height), up(extents.width))
  }

  /// The logits in inference.
  public func predict(
    _ input: Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    let output = try outputShape(for: input.shape)
    var x = try Padding.mirror(input, to: paddedExtents(input.shape.extents))
    var skips: [Tensor] = []
    for level in encoder.indices {
      if level > 0 { x = try pooling.predict(x, workspace: &workspace) }
      x = try encoder[level].predict(x, workspace: &workspace)
      if level < decoder.count { skips.append(x) }
    }
    for level in decoder.indices.reversed() {
      x = try upsampling[level].predict(x, workspace: &workspace)
      x = try Channels.concatenate(x, skips.removeLast())
      x = try decoder[level].predict(x, workspace: &workspace)
    }
    x = try head.predict(x, workspace: &workspace)
    return try Padding.crop(x, to: output.extents)
  }

  /// The logits in training, and the tape.
  public mutating func forward(
    _ input: Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> (output: Tensor, tape: Tape) {
    let output = try outputShape(for: input.shape)
    var x = try Padding.mirror(input, to: paddedExtents(input.shape.extents))
    var tape = Tape(input: input.shape.extents)
    var skips: [Tensor] = []
    for level in encoder.indices {
      if level > 0 {
        let pooled = try pooling.forward(x, workspace: &workspace)
        x = pooled.output
        tape.pooling.append(pooled.tape)
      }
      let encoded = try encoder[level].forward(x, workspace: &workspace)
      x = encoded.output
      tape.encoder.append(encoded.tape)
      if level < decoder.count { skips.append(x) }
    }
    for level in decoder.indices.reversed() {
      let upsampled = try upsampling[level].forward(x, workspace: &workspace)
      tape.upsampling.append(upsampled.tape)
      x = try Channels.concatenate(upsampled.output, skips.removeLast())
      let decoded = try decoder[level].forward(x, workspace: &workspace)
      x = decoded.output
      tape.decoder.append(decoded.tape)
    }
    let logits = try head.forward(x, workspace: &workspace)
    tape.head = logits.tape
    return (try Padding.crop(logits.output, to: output.extents), tape)
  }

  /// Adds to the gradients of all parameters; returns that of the input.
  public mutating func backward(
    _ gradient: Tensor, tape: consuming Tape, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    let extents = tape.input
    let first = try backwardToFirstBlock(gradient, tape: &tape, workspace: &workspace)
    let padded = try encoder[0].backward(
      first, tape: tape.encoder.removeLast(), workspace: &workspace)
    return try Padding.mirrorGradient(padded, extents: extents)
  }

  /// As ``backward(_:tape:workspace:)`` without the gradient of the input, which training does not
  /// need.
  public mutating func backwardParameters(
    _ gradient: Tensor, tape: consuming Tape, workspace: inout Workspace
  ) throws(ShapeError) {
    let first = try backwardToFirstBlock(gradient, tape: &tape, workspace: &workspace)
    try encoder[0].backwardParameters(
      first, tape: tape.encoder.removeLast(), workspace: &workspace)
  }

  /// Back to the output of the first encoder block, freeing the tape on the way.
  private mutating func backwardToFirstBlock(
    _ gradient: Tensor, tape: inout Tape, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    guard let headTape = tape.head.take() else {
      preconditionFailure("a tape can be run back once")
    }
    var x = try Padding.cropGradient(gradient, extents: paddedExtents(tape.input))
    x = try head.backward(x, tape: headTape, workspace: &workspace)
    var skips: [Tensor] = []
    for level in decoder.indices {
      x = try decoder[level].backward(
        x, tape: tape.decoder.removeLast(), workspace: &workspace)
      let (upsampled, skip) = try Channels.split(
        x, at: configuration.channels(at: level + 1))
      skips.append(skip)
      x = try upsampling[level].backward(
        upsampled, tape: tape.upsampling.removeLast(), workspace: &workspace)
    }
    for level in encoder.indices.dropFirst().reversed() {
      x = try encoder[level].backward(
        x, tape: tape.encoder.removeLast(), workspace: &workspace)
      x = try pooling.backward(x, tape: tape.pooling.removeLast(), workspace: &workspace)
      x.add(skips.removeLast())
    }
    return x
  }

  /// Encoder from the finest level down, decoder from the coarsest up, head.
  public mutating func forEachParameter<Failure: Error>(
    _ body: (inout Parameter) throws(Failure) -> Void
  ) throws(Failure) {
    for level in encoder.indices { try encoder[level].forEachParameter(body) }
    for level in decoder.indices.reversed() {
      try upsampling[level].forEachParameter(body)
      try decoder[level].forEachParameter(body)
    }
    try head.forEachParameter(body)
  }

  /// The running statistics, in the same order.
  public mutating func forEachBuffer<Failure: Error>(
    _ body: (inout Buffer) throws(Failure) -> Void
  ) throws(Failure) {
    for level in encoder.indices { try encoder[level].forEachBuffer(body) }
    for level in decoder.indices.reversed() { try decoder[level].forEachBuffer(body) }
  }
}
