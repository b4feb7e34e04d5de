import Tensors

/// Memory in bytes, known before anything is allocated.
///
/// Activations are counted by taking and freeing what `InferenceNetwork` and `UNet3D+Training` do, in
/// their order, and remembering the worst moment. With them are counted weights, the workspace on the
/// threads in force, and what `MemoryPool` keeps of freed blocks, a sixteenth; not what the caller
/// holds.
extension UNetConfiguration {
  /// Peak memory of a prediction of `batch` inputs of `extents`: activations, weights (as trained and
  /// as ``InferenceNetwork`` keeps them), workspace.
  public func predictionBytes(for extents: SpatialAxes, batch: Int = 1) -> Int {
    let (weights, workspace) = inferenceScratch(for: extents, batch: batch)
    return activationBytes(for: extents, batch: batch)
      + MemoryTally(parameterCount).peakBytes + MemoryTally.pooled(weights + workspace)
  }

  /// The part of ``predictionBytes(for:batch:)`` that smaller inputs make smaller: activations.
  public func activationBytes(for extents: SpatialAxes, batch: Int = 1) -> Int {
    let sizes = LevelSizes(self, extents: extents, batch: batch)
    var memory = MemoryTally(0)
    memory.take(inputs * sizes.voxels[0])
    for level in 0..<levels {
      let (incoming, middle, outgoing) = encoderBlock(level).sizes(voxels: sizes.voxels[level])
      // What was pooled stays as a skip.
      if level > 0 { memory.take(incoming) }
      memory.take(middle)
      memory.free(incoming)
      memory.take(outgoing)
      memory.free(middle)
    }
    for level in (0..<levels - 1).reversed() {
      let own = decoderBlock(level).second.outputs * sizes.voxels[level]
      memory.take(own)
      memory.hold(sizes.slab(level))
      memory.free(sizes.below(level) + own)
      memory.take(own)
      memory.free(own)
    }
    memory.take(outputs * sizes.voxels[0])
    return memory.peakBytes
  }

  /// Peak memory of a prediction of one input of `extents` between the training steps of `batch`
  /// samples: averages, gradients and scratch of training are there, too.
  public func validationBytes(
    for extents: SpatialAxes, betweenStepsOf sample: SpatialAxes, batch: Int, moments: Int
  ) -> Int {
    let needed = inferenceScratch(for: extents, batch: 1).workspace
    let kept = max(0, trainingWorkspace(for: sample, batch: batch) - needed)
    return predictionBytes(for: extents) + MemoryTally((1 + moments) * parameterCount).peakBytes
      + MemoryTally.pooled(kept)
  }

  /// Peak memory of a training step of `batch` inputs of `extents`: activations and gradients, and
  /// the parameters with `moments` averages each.
  ///
  /// - Parameters:
  ///   - extents: The extents of an input.
  ///   - batch: The inputs of a step.
  ///   - moments: Averages that optimizer and averaged weights keep of every parameter.
  ///   - recomputing: Whether backward computes the convolutions of the blocks again
  ///     (``UNet3D/recomputesActivations``).
  ///   - accumulating: Whether gradients of an earlier pass are already there.
  public func trainingBytes(
    for extents: SpatialAxes, batch: Int = 1, moments: Int, recomputing: Bool = false,
    accumulating: Bool = false
  ) -> Int {
    let sizes = LevelSizes(self, extents: extents, batch: batch)
    var memory = MemoryTally((1 + moments + (accumulating ? 1 : 0)) * parameterCount)
    forward(sizes, &memory, recomputing: recomputing)
    // The loss gives a gradient; the logits stay with the caller.
    let logits = outputs * sizes.voxels[0]
    memory.take(logits)
    backward(sizes, &memory, recomputing: recomputing, accumulating: accumulating)
    return memory.peakBytes + MemoryTally.pooled(trainingWorkspace(for: extents, batch: batch))
  }

  private func forward(_ sizes: LevelSizes, _ memory: inout MemoryTally, recomputing: Bool) {
    memory.take(inputs * sizes.voxels[0])
    for level in 0..<levels {
      let (incoming, middle, outgoing) = encoderBlock(level).sizes(voxels: sizes.voxels[level])
      if level > 0 {
        memory.take(incoming + incoming / 4)  // and one byte for the index of each
        if !recomputing { memory.free(8 * incoming) }
      }
      memory.take(middle)
      takeSecond(middle, outgoing, &memory, recomputing: recomputing)
      if level < levels - 1, !recomputing { memory.take(outgoing) }
    }
    for level in (0..<levels - 1).reversed() {
      let own = decoderBlock(level).second.outputs * sizes.voxels[level]
      enter(level, sizes, &memory, recomputing: recomputing)
      takeSecond(own, own, &memory, recomputing: recomputing)
    }
    memory.hold(head.inputs * sizes.voxels[0] + outputs * sizes.voxels[0])
    memory.take(outputs * sizes.voxels[0])
  }

  /// The second convolution of a block, from the first one's output.
  private func takeSecond(
    _ first: Int, _ second: Int, _ memory: inout MemoryTally, recomputing: Bool
  ) {
    if recomputing {
      memory.take(second)
      memory.free(first)
    } else {
      memory.take(first)
      memory.take(second)
      memory.free(first)
    }
  }

  /// The first convolution of a decoder level, from what is made of the tape.
  private func enter(
    _ level: Int, _ sizes: LevelSizes, _ memory: inout MemoryTally, recomputing: Bool
  ) {
    let own = decoderBlock(level).second.outputs * sizes.voxels[level]
    let made = sizes.below(level) + (recomputing ? 0 : own)
    memory.take(made + own)
    memory.hold(sizes.slab(level))
    memory.free(made)
  }

  private func backward(
    _ sizes: LevelSizes, _ memory: inout MemoryTally, recomputing: Bool, accumulating: Bool
  ) {
    // A gradient stays, unless there was one to add it to.
    func gradient(of convolution: UNetConvolution) {
      let weights = convolution.weights
      if accumulating { memory.hold(weights) } else { memory.take(weights) }
    }
    func backward(first: Int, second: Int, _ block: UNetBlock) {
      memory.hold(first)
      gradient(of: block.second)
      memory.take(first)
      memory.free(second)
      memory.free(first)  // the output of the first convolution
    }
    let top = head.inputs * sizes.voxels[0]
    memory.hold(top)
    memory.take(top)
    memory.free(outputs * sizes.voxels[0])
    for level in 0..<levels - 1 {
      let (upsampling, block) = (upsampling(level), decoderBlock(level))
      let own = block.second.outputs * sizes.voxels[level]
      let upsampled = upsampling.outputs * sizes.voxels[level]
      memory.free(own)  // the output of the second convolution
      if recomputing { enter(level, sizes, &memory, recomputing: true) }
      backward(first: own, second: own, block)
      memory.hold(sizes.below(level) + upsampled)
      memory.take(upsampled + (recomputing ? 0 : own))
      gradient(of: block.first)
      memory.free(upsampled)
      memory.free(own)  // the skip: kept, or made here
      memory.take(upsampled + own)
      memory.free(own)
      memory.hold(sizes.below(level))
      gradient(of: upsampling)
      memory.take(sizes.below(level))
      memory.free(upsampled)
    }
    for level in (0..<levels).reversed() {
      let block = encoderBlock(level)
      let (incoming, middle, outgoing) = block.sizes(voxels: sizes.voxels[level])
      if recomputing, level < levels - 1 {
        memory.take(middle)
        memory.hold(middle + outgoing)
        memory.take(outgoing)
      }
      memory.free(outgoing)  // the output of the second convolution
      if recomputing, level == levels - 1 { memory.take(middle) }
      backward(first: middle, second: outgoing, block)
      gradient(of: block.first)
      if level > 0 {
        memory.take(incoming)
        memory.free(middle)
        // The input and its indices, and the gradient, which goes into that of the skip.
        memory.free(2 * incoming + incoming / 4)
      }
    }
  }
}
