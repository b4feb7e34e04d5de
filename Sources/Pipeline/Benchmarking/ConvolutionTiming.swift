import Networks

/// The times of one pass of one convolution.
public struct ConvolutionTiming: Sendable {
  /// The convolution.
  public let layer: PlacedConvolution
  /// Which of its products.
  public let pass: ConvolutionBenchmark.Pass
  /// Samples at once.
  public let batch: Int
  /// The algorithm, in words.
  public let plan: String
  /// The times.
  public let timing: Timing

  /// Floating-point operations of the direct convolution, two per multiply–add.
  public var operations: Double { 2 * Double(layer.multiplyAdds) * Double(batch) }
  /// Operations per second of the shortest run.
  public var rate: Double { operations / timing.minimum }
}
