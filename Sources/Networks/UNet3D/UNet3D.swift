import Compute
import Tensors

/// The one 3D U-Net behind NSN, NDN and the 3D U-Net baseline; `[N, in, D, H, W]` to logits
/// `[N, out, D, H, W]`.
///
/// Every level is a block of two convolutions; 2×2×2 max pooling leads down, a 2×2×2 transposed
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
  /// Whether training keeps only the inputs of the blocks for backward, which then computes their
  /// convolutions again: up to a quarter less memory for about a quarter more time, and the same
  /// gradients to the bit.
  public var recomputesActivations = false
  /// The size up to which an upsampled activation is made at once.
  package var slabBytes = UpsampledConvolution.slabBytes

  /// A network of zeros; ``Initializer`` or a weights file gives it values.
  public init(_ configuration: UNetConfiguration) throws(ShapeError) {
    try configuration.validate()
    self.configuration = configuration
    let geometry = try ConvolutionGeometry.same(kernel: configuration.kernel)
    func block(_ block: UNetBlock) -> ConvolutionBlock {
      ConvolutionBlock(
        block, geometry: geometry, epsilon: configuration.epsilon, momentum: configuration.momentum)
    }
    let lower = 0..<configuration.levels - 1
    encoder = (0..<configuration.levels).map { block(configuration.encoderBlock($0)) }
    upsampling = lower.map {
      let convolution = configuration.upsampling($0)
      return TransposedConvolutionLayer(
        name: convolution.name, inputs: convolution.inputs, outputs: convolution.outputs)
    }
    decoder = lower.map { block(configuration.decoderBlock($0)) }
    head = ConvolutionLayer(configuration.head, geometry: try ConvolutionGeometry(kernel: 1))
  }

  /// The statistics that batch normalization uses in inference, in every layer at once.
  public var inferenceStatistics: InferenceStatistics {
    get { encoder[0].normalizations[0].inferenceStatistics }
    set { forEachNormalization { $0.inferenceStatistics = newValue } }
  }

  /// Whether training normalizes with the running statistics as well and leaves them as they are,
  /// in every layer at once: for the end of a training, so that it ends on what inference computes.
  public var hasFixedStatistics: Bool {
    get { encoder[0].normalizations[0].hasFixedStatistics }
    set { forEachNormalization { $0.hasFixedStatistics = newValue } }
  }

  private mutating func forEachNormalization(_ body: (inout BatchNormalizationLayer) -> Void) {
    for block in encoder.indices {
      for index in encoder[block].normalizations.indices {
        body(&encoder[block].normalizations[index])
      }
    }
    for block in decoder.indices {
      for index in decoder[block].normalizations.indices {
        body(&decoder[block].normalizations[index])
      }
    }
  }

  /// The shape of the logits: the input's, with the head's channels.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    try configuration.outputShape(for: input)
  }

  /// The extents that the levels can halve, at least `extents`.
  public func paddedExtents(_ extents: SpatialAxes) -> SpatialAxes {
    configuration.paddedExtents(extents)
  }

  /// The logits in inference, layer by layer with the weights as they are. To predict
  /// more than once, make an ``InferenceNetwork``.
  public func predict(
    _ input: consuming Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try InferenceNetwork(self, folding: false).predict(input, workspace: &workspace)
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
