/// A convolution as its planner sees it: everything that the choice of an algorithm depends on.
public struct ConvolutionProblem: Hashable, Sendable {
  /// What is computed.
  public enum Pass: String, Sendable, CaseIterable {
    /// The output; also the input gradient, which is a convolution with flipped weights.
    case forward
    /// The gradient of the weight.
    case weightGradient = "weight-gradient"
  }

  /// How the window moves.
  public var geometry: ConvolutionGeometry
  /// Samples.
  public var batch: Int
  /// Channels in.
  public var inputChannels: Int
  /// Channels out.
  public var outputChannels: Int
  /// Extents of the output, or of the planes of it that are wanted.
  public var output: SpatialAxes
  /// What is computed.
  public var pass: Pass
  /// Whether the weights stay, so that transforming them costs nothing.
  public var isPrepared: Bool

  /// A convolution of an input of `extents`.
  public init(
    geometry: ConvolutionGeometry, batch: Int = 1, inputChannels: Int, outputChannels: Int,
    extents: SpatialAxes, pass: Pass = .forward, isPrepared: Bool = false
  ) throws(ShapeError) {
    self.init(
      geometry: geometry, batch: batch, inputChannels: inputChannels,
      outputChannels: outputChannels, output: try geometry.output(for: extents), pass: pass,
      isPrepared: isPrepared)
  }

  init(
    geometry: ConvolutionGeometry, batch: Int, inputChannels: Int, outputChannels: Int,
    output: SpatialAxes, pass: Pass, isPrepared: Bool
  ) {
    self.geometry = geometry
    self.batch = batch
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.output = output
    self.pass = pass
    self.isPrepared = isPrepared
  }

  /// Multiply–adds by the definition.
  public var multiplyAdds: Int {
    batch * inputChannels * outputChannels * geometry.taps * output.product
  }
}
