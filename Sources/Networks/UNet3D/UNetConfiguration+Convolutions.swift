/// The network's convolutions: the one description of its channels, which construction, cost,
/// memory, benchmarks and the import of other programs' weights read.
extension UNetConfiguration {
  /// All convolutions in the order in which they run: the encoder's blocks down, then up the
  /// decoder's with their transposed convolutions, then the head.
  package var convolutions: [UNetConvolution] {
    func both(_ block: UNetBlock) -> [UNetConvolution] { [block.first, block.second] }
    return (0..<levels).flatMap { both(encoderBlock($0)) }
      + (0..<levels - 1).reversed().flatMap { [upsampling($0)] + both(decoderBlock($0)) } + [head]
  }

  /// The block of an encoder level.
  func encoderBlock(_ level: Int) -> UNetBlock {
    let incoming = level == 0 ? inputs : channels(at: level - 1)
    let middle = level == 0 ? base : incoming
    func convolution(_ step: Int, _ inputs: Int, _ outputs: Int) -> UNetConvolution {
      UNetConvolution(
        kind: .encoder(step: step), level: level, inputs: inputs, outputs: outputs, kernel: kernel)
    }
    return UNetBlock(
      first: convolution(0, incoming, middle),
      second: convolution(1, middle, channels(at: level)))
  }

  /// The transposed convolution that leads up to a decoder level.
  func upsampling(_ level: Int) -> UNetConvolution {
    let lower = channels(at: level + 1)
    return UNetConvolution(
      kind: .upsampling, level: level, inputs: lower, outputs: lower, kernel: 2)
  }

  /// The block of a decoder level, whose input is [upsampled, skip].
  func decoderBlock(_ level: Int) -> UNetBlock {
    let (own, skip) = (channels(at: level), encoderBlock(level).second.outputs)
    func convolution(_ step: Int, _ inputs: Int) -> UNetConvolution {
      UNetConvolution(
        kind: .decoder(step: step), level: level, inputs: inputs, outputs: own, kernel: kernel)
    }
    return UNetBlock(
      first: convolution(0, upsampling(level).outputs + skip), second: convolution(1, own))
  }

  /// The convolution that ends the network.
  package var head: UNetConvolution {
    UNetConvolution(kind: .head, level: 0, inputs: channels(at: 0), outputs: outputs, kernel: 1)
  }

  /// Channels at the end of a level.
  private func channels(at level: Int) -> Int { base << (level + 1) }
}
