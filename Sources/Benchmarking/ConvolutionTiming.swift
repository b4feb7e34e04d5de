import Networks

/// The times of one pass of one convolution.
public struct ConvolutionTiming: Sendable {
  /// The convolution.
  public let layer: PlacedConvolution
  /// The pass.
  public let pass: ConvolutionBenchmark.Pass
  /// The samples in a batch.
  public let batch: Int
  /// The algorithm, in words.
  public let plan: String
  /// The multiply–adds of the algorithm, including those of zeros that fill up its tiles.
  public let computedMultiplyAdds: Int
  /// The times.
  public let timing: Timing

  /// Floating-point operations of the direct convolution, two per multiply–add.
  public var operations: Double { 2 * Double(layer.multiplyAdds) * Double(batch) }
  /// Floating-point operations of the algorithm's products.
  public var computedOperations: Double { 2 * Double(computedMultiplyAdds) }
  /// Operations per second of the shortest run.
  public var rate: Double { operations / timing.minimum }
}
