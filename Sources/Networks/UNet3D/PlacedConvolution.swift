import Tensors

/// A convolution of a ``UNet3D`` for an input of given extents: everything its cost depends on.
public struct PlacedConvolution: Hashable, Sendable {
  /// What it computes.
  public enum Kind: String, Hashable, Sendable {
    /// A convolution of stride 1 with "same" padding.
    case convolution
    /// A transposed convolution of stride 2, which doubles every axis.
    case transposed
  }

  /// The path in the network, for example `encoder.0.convolution.1`; its parameters are
  /// `<name>.weight` and `<name>.bias`.
  public let name: String
  /// What it computes.
  public let kind: Kind
  /// The window, read backwards where the convolution is transposed.
  public let geometry: ConvolutionGeometry
  /// Channels of the input.
  public let inputs: Int
  /// Channels of the output.
  public let outputs: Int
  /// Extents of the input.
  public let input: SpatialAxes
  /// Extents of the output.
  public let output: SpatialAxes

  /// A convolution of stride 1 with an odd kernel and "same" padding.
  public init(
    name: String, inputs: Int, outputs: Int, kernel: Int, extents: SpatialAxes
  ) throws(ShapeError) {
    self.name = name
    kind = .convolution
    geometry = try .same(kernel: kernel)
    (self.inputs, self.outputs) = (inputs, outputs)
    (input, output) = (extents, extents)
  }

  /// A transposed convolution 2×2×2 of stride 2.
  public init(doubling name: String, inputs: Int, outputs: Int, extents: SpatialAxes) {
    self.name = name
    kind = .transposed
    geometry = .halving
    (self.inputs, self.outputs) = (inputs, outputs)
    input = extents
    output = SpatialAxes(2 * extents.depth, 2 * extents.height, 2 * extents.width)
  }

  /// The shape of the weight: `[out, in, z, y, x]`, transposed `[in, out, z, y, x]`.
  public var weightShape: Shape {
    let (first, second) = kind == .transposed ? (inputs, outputs) : (outputs, inputs)
    return [first, second, geometry.kernel.depth, geometry.kernel.height, geometry.kernel.width]
  }

  /// The shape of an input of this many samples.
  public func inputShape(batch: Int = 1) -> Shape {
    [batch, inputs, input.depth, input.height, input.width]
  }

  /// The shape of an output of this many samples.
  public func outputShape(batch: Int = 1) -> Shape {
    [batch, outputs, output.depth, output.height, output.width]
  }

  /// Multiply–adds of the direct convolution of one sample; those of either gradient are as many.
  public var multiplyAdds: Int {
    // Every weight meets every window once.
    weightShape.count * (kind == .transposed ? input : output).product
  }
}
