import CKernels
import Compute

/// The forward pass of large weights that serve a few blocks once, as in the deep levels of a
/// network in training: every panel of the weights is transformed where it is used, in the caches,
/// instead of being written to memory whole and read back.
extension FastConvolution {
  /// How the sums of a few blocks are partition.
  struct FewBlocksPartition {
    /// Blocks of all samples.
    let items: Int
    /// Input channels whose V and transformed weights exist at a time.
    let inputs: Int
    /// Parts of the output channels, in panels, that jobs take.
    let shares: Int

    /// Weights at all points are large from so many floats on, 16 MB.
    private static let minimumWeights = 1 << 22
    /// The V and the sums of so many blocks fit beside each other.
    private static let itemLimit = 8
    /// Floats of V and of a panel's weights, 768 KB: most of the L2 cache.
    private static let cached = 3 << 16
    /// Terms of a sum that outweigh loading and storing it.
    private static let minimumTerms = 40

    /// Whether weights are large and blocks few.
    static func applies(to convolution: FastConvolution, batch: Int) -> Bool {
      batch * convolution.blocking.blocks.product <= itemLimit
        && convolution.weightCount >= minimumWeights
    }

    /// nil if weights are small, or blocks many.
    init?(_ convolution: FastConvolution, batch: Int, threads: Int) {
      guard Self.applies(to: convolution, batch: batch) else { return nil }
      let taps = convolution.taps.product
      items = batch * convolution.blocking.blocks.product
      let perInput =
        convolution.points
        * (items * convolution.blocking.channelStride + taps * convolution.panelHeight)
      inputs = min(
        convolution.inputChannels, max(Self.minimumTerms.parts(of: taps), Self.cached / perInput))
      shares = min(convolution.panels, 2 * threads)
    }
  }

  /// Floats from the weights of a panel at one point to those at the next.
  private func panelStride(_ partition: FewBlocksPartition) -> Int {
    (partition.inputs * taps.product * panelHeight).roundedUpToOddCacheLines
  }

  /// Floats of scratch for one worker: V and M of every block, and the weights of a panel.
  func scratchCount(_ partition: FewBlocksPartition) -> Int {
    let outputs = panels.parts(of: partition.shares) * panelHeight
    let (v, m) = (pointStride(channels: partition.inputs), productStride(channels: outputs))
    return points * (partition.items * (v + m) + panelStride(partition)) + 16
  }

  /// Writes the output of all samples.
  ///
  /// - Parameters:
  ///   - inputs: For every sample one address per input channel, of plane 0.
  ///   - weight: `[out, in, z, y, x]`.
  ///   - flippedFrom: For the gradient of its input channels, the first of them, as in
  ///     `FastWeightSource.plain(_:flippedFrom:)`.
  ///   - target: Where the outputs go.
  func forward(
    _ inputs: [[SharedPointer<Float>]], _ partition: FewBlocksPartition, weight: Tensor,
    flippedFrom: Int?, into target: ConvolutionTarget, workspace: inout Workspace
  ) {
    let perWorker = scratchCount(partition).roundedUp(to: 16)
    let scratch = DisjointPointer(workspace.reserve(perWorker * Parallel.threadCount))
    let blocks = blocking.blocks.product
    let panel = panelHeight
    let vSize = points * pointStride(channels: partition.inputs)
    withPlainWeights(weight, flippedFrom: flippedFrom) { g, source in
      let (g, source) = (SharedPointer(g), SharedPointer(source))
      Parallel.forEach(partition.shares) { share, worker in
        let mine = outputChannels(ofShare: share, of: partition.shares)
        let mSize = points * productStride(channels: mine.count)
        let v = scratch + worker * perWorker
        let m = v + partition.items * vSize
        let u = m + partition.items * mSize
        for start in stride(from: 0, to: inputChannels, by: partition.inputs) {
          let read = start..<min(inputChannels, start + partition.inputs)
          for item in 0..<partition.items {
            transformInput(
              inputs[item / blocks], channels: read, block: blocking.block(item % blocks),
              into: v + item * vSize)
          }
          var part = g.address.pointee
          part.inputs = read.count
          for first in stride(from: mine.lowerBound, to: mine.upperBound, by: panel) {
            let outputs = first..<min(first + panel, mine.upperBound)
            kernels.weight_points(
              &part, source + start * part.input_stride, first, outputs.count, u,
              panelStride(partition))
            for item in 0..<partition.items {
              multiply(
                v + item * vSize, u, from: read, to: outputs, partition,
                block: blocking.block(item % blocks),
                into: m + item * mSize + (first - mine.lowerBound) * productColumns,
                pointStride: productStride(channels: mine.count))
            }
          }
        }
        for item in 0..<partition.items {
          transformOutput(
            m + item * mSize, channels: mine, block: blocking.block(item % blocks),
            of: item / blocks, into: target)
        }
      }
    }
  }

  /// M = U · V of one panel of the weights at every point of a block, added to what is there for all
  /// but the first input channels.
  private func multiply(
    _ v: UnsafePointer<Float>, _ u: UnsafePointer<Float>, from inputs: Range<Int>,
    to outputs: Range<Int>, _ partition: FewBlocksPartition, block: FastBlock,
    into m: UnsafeMutablePointer<Float>, pointStride mStride: Int
  ) {
    let terms = inputs.count * taps.product
    let vStride = pointStride(channels: inputs.count)
    var weights = ck_panels(
      values: u, outputs: outputs.count, height: outputs.count, depth: terms)
    tapOffsets(channels: inputs.count, alongX: true).withUnsafeBufferPointer { offsets in
      var columns = ck_rows(
        values: v, offsets: offsets.baseAddress, rows: terms, count: columns(of: block))
      for point in 0..<points {
        weights.values = u + point * panelStride(partition)
        columns.values = v + point * vStride
        kernels.product(
          &weights, 0, &columns, inputs.lowerBound > 0, m + point * mStride, productColumns)
      }
    }
  }
}
