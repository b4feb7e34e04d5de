import Compute
import Tensors

/// Forward with a tape, and backward.
extension UNet3D {
  /// What backward needs: the input and output of every block as few tensors as possible.
  public struct Tape: Sendable {
    let input: SpatialAxes
    let recomputes: Bool
    /// The inputs of the encoder's blocks: the image, then what was pooled.
    var inputs: [Tensor] = []
    var pooling: [MaxPooling.Indices] = []
    var encoder: [ConvolutionBlock.Tape] = []
    /// The outputs of the encoder's blocks, where their convolutions are computed again; else they
    /// are made from the tape of the block.
    var skips: [Tensor?] = []
    /// The coarsest level first.
    var decoder: [ConvolutionBlock.Tape] = []
  }

  /// The logits in training, and the tape.
  public mutating func forward(
    _ input: consuming Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> (output: Tensor, tape: Tape) {
    let output = try outputShape(for: input.shape)
    var tape = Tape(input: input.shape.extents, recomputes: recomputesActivations)
    var x = try Padding.mirror(input, to: paddedExtents(input.shape.extents))
    for level in encoder.indices {
      if level > 0 {
        let pooled = try MaxPooling.forward(x)
        x = pooled.output
        tape.pooling.append(pooled.indices)
      }
      tape.inputs.append(x)
      var block = try encoder[level].forward(
        encoder[level].convolutions[0].predict(x, workspace: &workspace),
        recomputing: tape.recomputes, workspace: &workspace)
      if level < decoder.count {
        if tape.recomputes {
          x = try encoder[level].takeOutput(of: &block)
          tape.skips.append(x)
        } else {
          x = try encoder[level].output(of: block)
        }
      }
      tape.encoder.append(block)
    }
    _ = consume x
    for level in decoder.indices.reversed() {
      tape.decoder.append(
        try decoder[level].forward(
          enterDecoder(level, tape, workspace: &workspace), recomputing: tape.recomputes,
          workspace: &workspace))
    }
    let logits = try head.predict(outputBelow(-1, tape), workspace: &workspace)
    return (try Padding.crop(logits, to: output.extents), tape)
  }

  /// Adds to the gradients of all parameters; returns that of the input.
  public mutating func backward(
    _ gradient: consuming Tensor, tape: consuming Tape, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    let extents = tape.input
    guard
      let padded = try run(
        back: gradient, tape: &tape, givesInputGradient: true, workspace: &workspace)
    else { preconditionFailure("the gradient of the input was asked for") }
    return try Padding.mirrorGradient(padded, extents: extents)
  }

  /// As ``backward(_:tape:workspace:)`` without the gradient of the input, which training does not
  /// need.
  public mutating func backwardParameters(
    _ gradient: consuming Tensor, tape: consuming Tape, workspace: inout Workspace
  ) throws(ShapeError) {
    _ = try run(back: gradient, tape: &tape, givesInputGradient: false, workspace: &workspace)
  }

  /// Back through the network, freeing the tape on the way.
  private mutating func run(
    back gradient: consuming Tensor, tape: inout Tape, givesInputGradient: Bool,
    workspace: inout Workspace
  ) throws(ShapeError) -> Tensor? {
    gradient = try Padding.cropGradient(gradient, extents: paddedExtents(tape.input))
    try head.addParameterGradients(
      gradient, input: ChannelStack([outputBelow(-1, tape)]), workspace: &workspace)
    gradient = try head.inputGradient(
      gradient, extents: gradient.shape.extents, workspace: &workspace)
    var skipGradients: [Tensor] = []
    for level in decoder.indices {
      try backwardDecoder(
        level, &gradient, skipGradients: &skipGradients, tape: &tape, workspace: &workspace)
    }
    for level in encoder.indices.reversed() {
      try backwardEncoder(level, &gradient, tape: &tape, workspace: &workspace)
      if level == 0, !givesInputGradient { return nil }
      gradient = try encoder[level].convolutions[0].inputGradient(
        gradient, extents: gradient.shape.extents, workspace: &workspace)
      if level > 0 {
        var sum = skipGradients.removeLast()
        MaxPooling.addInputGradient(gradient, indices: tape.pooling.removeLast(), to: &sum)
        gradient = sum
      }
    }
    return gradient
  }

  /// From the gradient of a decoder block's output to that of the block below; puts the gradient of
  /// the skip aside.
  private mutating func backwardDecoder(
    _ level: Int, _ gradient: inout Tensor, skipGradients: inout [Tensor], tape: inout Tape,
    workspace: inout Workspace
  ) throws(ShapeError) {
    var block = tape.decoder.removeLast()
    try decoder[level].backwardToSecond(&gradient, tape: &block)
    if tape.recomputes {
      block.raw[0] = try enterDecoder(level, tape, workspace: &workspace)
    }
    try decoder[level].backwardToFirst(&gradient, tape: &block, workspace: &workspace)
    try decoder[level].convolutions[0].addParameterGradients(
      gradient,
      input: ChannelStack([
        upsampling[level].upsample(outputBelow(level, tape), workspace: &workspace),
        skip(level, tape),
      ]), workspace: &workspace)
    if tape.recomputes { tape.skips[level] = nil }
    var parts = try decoder[level].convolutions[0].inputGradients(
      gradient,
      channels: [
        configuration.upsampling(level).outputs, configuration.encoderBlock(level).second.outputs,
      ],
      extents: gradient.shape.extents, workspace: &workspace)
    skipGradients.append(parts.removeLast())
    gradient = parts.removeLast()
    try upsampling[level].addParameterGradients(
      gradient, input: outputBelow(level, tape), workspace: &workspace)
    gradient = try upsampling[level].inputGradient(gradient, workspace: &workspace)
  }

  /// From the gradient of an encoder block's output to that of its first convolution's.
  private mutating func backwardEncoder(
    _ level: Int, _ gradient: inout Tensor, tape: inout Tape, workspace: inout Workspace
  ) throws(ShapeError) {
    var block = tape.encoder.removeLast()
    let input = tape.inputs.removeLast()
    func first(workspace: inout Workspace) throws(ShapeError) -> Tensor {
      try encoder[level].convolutions[0].predict(input, workspace: &workspace)
    }
    if block.raw[1] == nil {
      block.raw[0] = try first(workspace: &workspace)
      try encoder[level].recomputeSecond(&block, workspace: &workspace)
    }
    try encoder[level].backwardToSecond(&gradient, tape: &block)
    if block.raw[0] == nil { block.raw[0] = try first(workspace: &workspace) }
    try encoder[level].backwardToFirst(&gradient, tape: &block, workspace: &workspace)
    try encoder[level].convolutions[0].addParameterGradients(
      gradient, input: ChannelStack([input]), workspace: &workspace)
  }

  /// The output of a decoder level's first convolution.
  private func enterDecoder(
    _ level: Int, _ tape: Tape, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    let entry = UpsampledConvolution(
      upsampling[level], try decoder[level].convolutions[0].prepared(isKept: false))
    return try entry(
      below: outputBelow(level, tape), skip: skip(level, tape), slabBytes: slabBytes,
      workspace: &workspace)
  }

  /// The output of the block below a decoder level, the last on the tape; that of the whole network
  /// before the head for level −1.
  private func outputBelow(_ level: Int, _ tape: Tape) throws(ShapeError) -> Tensor {
    if let block = tape.decoder.last { return try decoder[level + 1].output(of: block) }
    let lowest = encoder.count - 1
    return try encoder[lowest].output(of: tape.encoder[lowest])
  }

  /// What the encoder hands to a decoder level.
  private func skip(_ level: Int, _ tape: Tape) throws(ShapeError) -> Tensor {
    if tape.recomputes, let kept = tape.skips[level] { return kept }
    return try encoder[level].output(of: tape.encoder[level])
  }
}
