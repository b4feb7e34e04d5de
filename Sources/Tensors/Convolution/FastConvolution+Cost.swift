/// What a fast convolution is expected to cost, in clock cycles of one AVX-512 core.
///
/// The constants began as a fit to the times of the published networks' layers under all tiles
/// (within 20 %, as far as two runs differ); those of rare cases were then set from single
/// measurements. Good enough to choose between tiles, not a prediction of time. If you change a
/// kernel, compare `morula benchmark network` under each algorithm with what the plan chose.
extension FastConvolution {
  private enum Cycles {
    /// Per multiply–add vector of a product, two of which can begin in a cycle.
    static let product = 1.3
    static let gradientProduct = 1.1
    /// Per vector that enters a transform along z and y (all points), or leaves one.
    static let input = 14.0
    static let output = 6.0
    static let outputGradient = 10.0
    /// Per vector of points on the way through a transform along x.
    static let inputLine = 40.0
    static let outputLine = 40.0
    /// Per vector of M for every part of V that is added to it.
    static let addedProduct = 10.0
    /// Per weight transformed: in the caches, or from and to memory.
    static let cachedWeight = 2.2
    static let weight = 4.0
    /// Per weight and block, if the weights come from the L3 cache or from memory.
    static let weightInL3 = 0.25
    static let weightInMemory = 1.2
  }
  /// Floats of weights that stay in the L2 cache, and in the L3 cache.
  private static let (smallWeights, largeWeights) = (1 << 17, 6 << 20)

  /// The cycles of one pass over a batch.
  func cycles(_ pass: ConvolutionProblem.Pass, batch: Int, isPrepared: Bool) -> Double {
    let isGradient = pass == .weightGradient
    let blocks = batch * blocking.blocks.product
    let weights = Double(points * depth * outputChannels)
    let staysCached =
      isGradient
      ? writesWeightsAtOnce(batch: batch) : FewBlocksPartition.applies(to: self, batch: batch)
    var sum = transformCycles(blocks: blocks, isGradient: isGradient)
    if isGradient {
      sum += Cycles.gradientProduct * Double(gradientMultiplyAdds(batch: batch)) / 32
    } else {
      // Loads keep up with few rows only in part.
      let panel = Double(panelHeight)
      let loads = max(1, ((taps.width > 1 ? 3.5 : 2) + panel) / (2 * panel))
      let columns = Double(batch * productColumnsOfAllBlocks)
      sum += Cycles.product * loads * columns * weights / 32
      let parts = ForwardPartition(self).inputParts
      if parts > 1 {
        sum += Cycles.addedProduct * columns / 16 * Double(points * outputChannels * parts)
      }
    }
    if isGradient || !isPrepared {
      sum += (staysCached ? Cycles.cachedWeight : Cycles.weight) * weights
      if staysCached { return sum }
    }
    let perBlock =
      weights <= Double(Self.smallWeights)
      ? 0 : weights <= Double(Self.largeWeights) ? Cycles.weightInL3 : Cycles.weightInMemory
    return sum + perBlock * Double(blocks) * weights
  }

  /// The cycles of the transforms of inputs and outputs.
  private func transformCycles(blocks: Int, isGradient: Bool) -> Double {
    func vectors(_ columns: Int) -> Int { columns.parts(of: 16) }
    let planes = blocking.blockDepth + taps.depth - 1
    let unitsIn = blocks * planes * blocking.rows
    let unitsOut =
      blocks / blocking.blocks.product * blocking.units.product
    let tiles = blocking.columns(blocking.width)
    let read = vectors(tiles * tile.width + geometry.kernel.width - 1) * planePoints
    let written = vectors(blocking.width) * planePoints
    var sum =
      Cycles.input * Double(unitsIn * read * inputChannels)
      + (isGradient ? Cycles.outputGradient : Cycles.output)
      * Double(unitsOut * written * outputChannels)
    if x != nil {
      let lines = vectors(tiles) * points
      sum += Cycles.inputLine * Double(unitsIn * lines * inputChannels)
      sum += Cycles.outputLine * Double(unitsOut * lines * outputChannels)
    }
    return sum
  }
}
