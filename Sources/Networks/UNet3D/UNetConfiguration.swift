import Compute
import Tensors

/// The architecture of a ``UNet3D``: everything that determines the names and shapes of its
/// parameters.
public struct UNetConfiguration: Hashable, Sendable, Codable {
  /// Resolution levels, the lowest included: the input is halved `levels − 1` times.
  public var levels: Int
  /// Channels of the first convolution. Level d ends with base · 2^(d + 1).
  public var base: Int
  /// The edge of the cubic window, odd.
  public var kernel: Int
  /// Channels of the input.
  public var inputs: Int
  /// Channels of the head: 1 for a sigmoid, 2 or more for a softmax.
  public var outputs: Int
  /// ε of batch normalization.
  public var epsilon: Double
  /// Momentum of batch normalization's running statistics.
  public var momentum: Double

  /// An architecture; values are checked by ``validate()``.
  public init(
    levels: Int, base: Int, kernel: Int, inputs: Int = 1, outputs: Int = 1,
    epsilon: Double = 1e-5, momentum: Double = 0.1
  ) {
    self.levels = levels
    self.base = base
    self.kernel = kernel
    self.inputs = inputs
    self.outputs = outputs
    self.epsilon = epsilon
    self.momentum = momentum
  }

  /// 3D U-Net (Çiçek et al., arXiv 1606.06650): 19,073,665 parameters with one output channel.
  public static let unet = UNetConfiguration(levels: 4, base: 32, kernel: 3)
  /// QCANet's nuclear segmentation network: 1,147,585 parameters with one output channel.
  public static let nsn = UNetConfiguration(levels: 3, base: 16, kernel: 3)
  /// QCANet's nuclear detection network: 44,450,473 parameters with one output channel.
  public static let ndn = UNetConfiguration(levels: 5, base: 12, kernel: 5)

  /// Every axis of the input must be a multiple of this; other sizes are padded to it.
  public var multiple: Int { 1 << (levels - 1) }

  /// The shape of the logits: the input's, with the head's channels.
  func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    try input.requireActivation("U-Net")
    guard input.channels == inputs else {
      throw ShapeError("U-Net", expected: "\(inputs) input channels", found: "\(input.channels)")
    }
    return input.with(channels: outputs)
  }

  /// The extents that the levels can halve, at least `extents`.
  func paddedExtents(_ extents: SpatialAxes) -> SpatialAxes {
    SpatialAxes(
      extents.depth.roundedUp(to: multiple), extents.height.roundedUp(to: multiple),
      extents.width.roundedUp(to: multiple))
  }

  /// Throws where no such network exists.
  public func validate() throws(ShapeError) {
    guard (1...8).contains(levels), base >= 1, base <= 1024, kernel >= 1, kernel <= 15,
      !kernel.isMultiple(of: 2), (1...65_536).contains(inputs), (1...65_536).contains(outputs),
      epsilon > 0, epsilon.isFinite,
      (0...1).contains(momentum)
    else {
      throw ShapeError(
        "U-Net",
        expected: "levels 1…8, base 1…1024, an odd kernel up to 15, 1…65536 inputs and outputs, "
          + "ε > 0, momentum 0…1",
        found: "levels \(levels), base \(base), kernel \(kernel), inputs \(inputs), "
          + "outputs \(outputs), ε \(epsilon), momentum \(momentum)")
    }
  }
}
