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
  /// Multiply–adds that the algorithm does, zeros at ragged ends included.
  public let computedMultiplyAdds: Int
  /// The times.
  public let timing: Timing

  /// Floating-point operations of the direct convolution, two per multiply–add.
  public var operations: Double { 2 * Double(layer.multiplyAdds) * Double(batch) }
  /// Floating-point operations that the products of the algorithm do.
  public var computedOperations: Double { 2 * Double(computedMultiplyAdds) }
  /// Operations per second of the shortest run.
  public var rate: Double { operations / timing.minimum }
}
