import CKernels

/// How one convolution is computed: the algorithm and what it is expected to cost.
public struct ConvolutionPlan: Sendable, CustomStringConvertible {
  /// What is computed.
  public let problem: ConvolutionProblem
  /// How.
  public let algorithm: ConvolutionAlgorithm
  /// Multiply–adds of the products, zeros at ragged ends included.
  public let multiplyAdds: Int
  /// Expected clock cycles of one AVX-512 core: comparable between plans, not a prediction of time.
  public let cycles: Double
  /// Bytes of scratch for one thread.
  public let scratchBytes: Int
  /// The fast convolution, nil for im2col; it reads an input of the output's extents until
  /// `FastConvolution.reading(_:firstPlane:)` gives it another one.
  let fast: FastConvolution?

  /// As `fast-4x4x1, 4.0 × fewer multiplications, 0.6 MB scratch per thread`.
  public var description: String {
    let saving = Double(problem.multiplyAdds) / Double(max(1, multiplyAdds))
    let factor = "\((saving * 10).rounded() / 10) × fewer multiplications, "
    let megabytes = (Double(scratchBytes) / 1e5).rounded() / 10
    return "\(algorithm), \(saving > 1.05 ? factor : "")\(megabytes) MB scratch per thread"
  }

  /// Tiled im2col. The constants are cycles per vector of 16 floats, measured on AVX-512 cores.
  init(lowering problem: ConvolutionProblem) {
    self.problem = problem
    algorithm = .im2col
    fast = nil
    multiplyAdds = problem.multiplyAdds
    let columns = Double(
      problem.batch * problem.inputChannels * problem.geometry.taps * problem.output.product)
    let isPointwise = problem.geometry.isPointwise
    let tiling = Tiling(
      taps: problem.geometry.taps, inputChannels: problem.inputChannels,
      outputChannels: problem.outputChannels, voxels: problem.output.product,
      batch: problem.batch)
    scratchBytes = isPointwise ? 0 : 4 * tiling.columnsCapacity(taps: problem.geometry.taps)
    // sgemm packs its operands again, which is expensive with few output channels.
    let packing = problem.pass == .forward ? 1.5 : 3
    cycles =
      Double(multiplyAdds) / 32 * 1.25 + columns / 16 * (packing + (isPointwise ? 0 : 2.5))
      // Weights are streamed from memory.
      + Double(problem.inputChannels * problem.outputChannels * problem.geometry.taps) * 5
  }

  /// A fast convolution with this tile; nil if the geometry does not allow it.
  init?(fast problem: ConvolutionProblem, tile: SpatialAxes) {
    guard let fast = FastConvolution(problem, tile: tile) else { return nil }
    self.problem = problem
    self.fast = fast
    algorithm = tile == 1 ? .direct : .transforms(tile)
    switch problem.pass {
    case .forward:
      multiplyAdds =
        problem.batch * fast.productColumnsOfAllBlocks * fast.points * fast.depth
        * problem.outputChannels
    case .weightGradient:
      multiplyAdds = fast.gradientMultiplyAdds(batch: problem.batch)
    }
    cycles = fast.cycles(problem.pass, batch: problem.batch, isPrepared: problem.isPrepared)
    scratchBytes =
      4 * fast.scratchCount(FastConvolution.ForwardPartition(fast))
  }
}
