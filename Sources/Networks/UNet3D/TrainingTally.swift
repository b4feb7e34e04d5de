/// The memory of a training step: what `UNet3D+Training` takes and frees, in its order.
struct TrainingTally {
  private let configuration: UNetConfiguration
  private let sizes: LevelSizes
  /// Whether backward computes the convolutions of the blocks again.
  private let recomputing: Bool
  /// Whether gradients of an earlier pass are already there.
  private let accumulating: Bool
  private var memory: MemoryTally

  /// Before the step; there are already `parameterCopies` numbers for each parameter: its value,
  /// averages, and a gradient if there is one to add to.
  init(
    _ configuration: UNetConfiguration, sizes: LevelSizes, parameterCopies: Int,
    recomputing: Bool, accumulating: Bool
  ) {
    self.configuration = configuration
    self.sizes = sizes
    self.recomputing = recomputing
    self.accumulating = accumulating
    memory = MemoryTally(parameterCopies * configuration.parameterCount)
  }

  /// The worst moment so far, in bytes.
  var peakBytes: Int { memory.peakBytes }

  /// The forward pass.
  mutating func forward() {
    let lowest = configuration.levels - 1
    memory.take(configuration.inputs * sizes.voxels[0])
    for level in 0...lowest {
      let (incoming, middle, outgoing) = encoderSizes(level)
      if level > 0 {
        memory.take(incoming + incoming / 4)  // and one byte for the index of each
        if !recomputing { memory.free(8 * incoming) }
      }
      memory.take(middle)
      takeSecond(first: middle, second: outgoing)
      if level < lowest, !recomputing { memory.take(outgoing) }
    }
    for level in (0..<lowest).reversed() {
      let own = decoderSize(level)
      enter(level)
      takeSecond(first: own, second: own)
    }
    memory.hold(headInput + logits)
    memory.take(logits)
  }

  /// The loss, which gives a gradient; the logits stay with the caller.
  mutating func loss() { memory.take(logits) }

  /// The backward pass.
  mutating func backward() {
    memory.hold(headInput)
    memory.take(headInput)
    memory.free(logits)
    for level in 0..<configuration.levels - 1 { backwardDecoder(level) }
    for level in (0..<configuration.levels).reversed() { backwardEncoder(level) }
  }

  private var headInput: Int { configuration.head.inputs * sizes.voxels[0] }
  private var logits: Int { configuration.head.outputs * sizes.voxels[0] }

  private func encoderSizes(_ level: Int) -> (incoming: Int, middle: Int, outgoing: Int) {
    configuration.encoderBlock(level).sizes(voxels: sizes.voxels[level])
  }

  private func decoderSize(_ level: Int) -> Int {
    configuration.decoderBlock(level).second.outputs * sizes.voxels[level]
  }

  /// The second convolution of a block, from the first one's output.
  private mutating func takeSecond(first: Int, second: Int) {
    if !recomputing { memory.take(first) }
    memory.take(second)
    memory.free(first)
  }

  /// The first convolution of a decoder level, from what is made of the tape.
  private mutating func enter(_ level: Int) {
    let own = decoderSize(level)
    let made = sizes.below(level) + (recomputing ? 0 : own)
    memory.take(made + own)
    memory.hold(sizes.slab(level))
    memory.free(made)
  }

  private mutating func backwardDecoder(_ level: Int) {
    let (upsampling, block) = (
      configuration.upsampling(level), configuration.decoderBlock(level)
    )
    let own = decoderSize(level)
    let upsampled = upsampling.outputs * sizes.voxels[level]
    memory.free(own)  // the output of the second convolution
    if recomputing { enter(level) }
    backwardSecond(block, first: own, second: own)
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

  private mutating func backwardEncoder(_ level: Int) {
    let lowest = configuration.levels - 1
    let block = configuration.encoderBlock(level)
    let (incoming, middle, outgoing) = encoderSizes(level)
    if recomputing, level < lowest {
      memory.take(middle)
      memory.hold(middle + outgoing)
      memory.take(outgoing)
    }
    memory.free(outgoing)  // the output of the second convolution
    if recomputing, level == lowest { memory.take(middle) }
    backwardSecond(block, first: middle, second: outgoing)
    gradient(of: block.first)
    if level > 0 {
      memory.take(incoming)
      memory.free(middle)
      // The input and its indices, and the gradient, which goes into that of the skip.
      memory.free(2 * incoming + incoming / 4)
    }
  }

  /// From the gradient of the second convolution's output to that of the first one's.
  private mutating func backwardSecond(_ block: UNetBlock, first: Int, second: Int) {
    memory.hold(first)
    gradient(of: block.second)
    memory.take(first)
    memory.free(second)
    memory.free(first)  // the output of the first convolution
  }

  /// A gradient of weights, which stays unless there was one to add it to.
  private mutating func gradient(of convolution: UNetConvolution) {
    if accumulating { memory.hold(convolution.weights) } else { memory.take(convolution.weights) }
  }
}
