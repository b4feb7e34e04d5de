import Tensors

/// A convolution of a ``UNet3D`` in its place: everything its cost depends on.
public struct PlacedConvolution: Hashable, Sendable {
  /// What it computes.
  public enum Kind: String, Hashable, Sendable {
    /// A convolution of stride 1 with "same" padding.
    case convolution
    /// A transposed convolution of stride 2, which doubles every axis.
    case transposed
  }

  /// The path in the network, `encoder.0.convolution.1` say; its parameters are `<name>.weight` and
  /// `<name>.bias`.
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

extension UNetConfiguration {
  /// All convolutions of the network for an input of `extents`, in the order in which they run.
  ///
  /// Extents are those after padding to ``multiple``.
  ///
  /// - Throws: `ShapeError` where no such network exists or an extent is below 1.
  public func convolutions(for extents: SpatialAxes) throws(ShapeError) -> [PlacedConvolution] {
    try validate()
    guard min(extents.depth, extents.height, extents.width) >= 1 else {
      throw ShapeError("U-Net", expected: "extents of at least 1", found: "\(extents)")
    }
    func size(_ level: Int) -> SpatialAxes {
      func along(_ extent: Int) -> Int { ((extent + multiple - 1) / multiple * multiple) >> level }
      return SpatialAxes(along(extents.depth), along(extents.height), along(extents.width))
    }
    var layers: [PlacedConvolution] = []
    func block(_ name: String, _ level: Int, _ inputs: Int, _ middle: Int) throws(ShapeError) {
      for (index, width) in [(inputs, middle), (middle, channels(at: level))].enumerated() {
        layers.append(
          try PlacedConvolution(
            name: "\(name).convolution.\(index)", inputs: width.0, outputs: width.1,
            kernel: kernel, extents: size(level)))
      }
    }
    for level in 0..<levels {
      let incoming = level == 0 ? inputs : channels(at: level - 1)
      try block("encoder.\(level)", level, incoming, level == 0 ? base : incoming)
    }
    for level in (0..<levels - 1).reversed() {
      let lower = channels(at: level + 1)
      layers.append(
        PlacedConvolution(
          doubling: "decoder.\(level).upsampling", inputs: lower, outputs: lower,
          extents: size(level + 1)))
      try block("decoder.\(level)", level, lower + channels(at: level), channels(at: level))
    }
    layers.append(
      try PlacedConvolution(
        name: "head", inputs: channels(at: 0), outputs: outputs, kernel: 1, extents: size(0)))
    return layers
  }
}
