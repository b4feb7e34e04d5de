import Compute
import Tensors

extension UNet3D {
  /// A network whose weights are drawn by `initializer`: γ = 1, β = 0, and for the rest see
  /// ``Initializer``. The same seed gives the same bits on every machine.
  public init(
    _ configuration: UNetConfiguration, initializer: Initializer, seed: UInt64
  ) throws(ShapeError) {
    try self.init(configuration)
    var generator = SeededGenerator(seed: seed, stream: 0x1417)
    for level in encoder.indices { encoder[level].initialize(initializer, using: &generator) }
    for level in decoder.indices.reversed() {
      let shape = upsampling[level].weight.value.shape
      upsampling[level].weight.value = initializer.weights(shape, using: &generator)
      upsampling[level].bias.value = initializer.biases(
        upsampling[level].bias.value.count, weights: shape, using: &generator)
      decoder[level].initialize(initializer, using: &generator)
    }
    head.initialize(initializer, using: &generator)
  }
}

extension ConvolutionBlock {
  fileprivate mutating func initialize(
    _ initializer: Initializer, using generator: inout SeededGenerator
  ) {
    for index in convolutions.indices {
      convolutions[index].initialize(initializer, using: &generator)
    }
  }
}

extension ConvolutionLayer {
  fileprivate mutating func initialize(
    _ initializer: Initializer, using generator: inout SeededGenerator
  ) {
    let shape = weight.value.shape
    weight.value = initializer.weights(shape, using: &generator)
    bias?.value = initializer.biases(shape[0], weights: shape, using: &generator)
  }
}
