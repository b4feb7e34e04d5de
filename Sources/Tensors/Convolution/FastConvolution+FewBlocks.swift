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
  ///     ``FastWeightSource/plain(_:flippedFrom:)``.
  ///   - outputs: For every sample the address of plane ``firstPlane`` of output channel 0.
  ///   - channelStride: Floats from one output channel to the next.
  func forward(
    _ inputs: [[SharedPointer<Float>]], _ partition: FewBlocksPartition, weight: Tensor,
    flippedFrom: Int?,
    epilogue: ConvolutionEpilogue, outputs: [DisjointPointer<Float>], channelStride: Int,
    workspace: inout Workspace
  ) {
    let perWorker = scratchCount(partition).roundedUp(to: 16)
    let scratch = DisjointPointer(workspace.reserve(perWorker * Parallel.threadCount))
    let rows = tapOffsets(channels: partition.inputs, alongX: true)
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
            let height = min(panel, mine.upperBound - first)
            kernels.weight_points(
              &part, source + start * part.input_stride, first, height, u, panelStride(partition))
            let terms = read.count * taps.product
            var weights = ck_panels(values: u, outputs: height, height: height, depth: terms)
            rows.withUnsafeBufferPointer { offsets in
              for item in 0..<partition.items {
                var columns = ck_rows(
                  values: v, offsets: offsets.baseAddress, rows: terms,
                  count: columns(of: blocking.block(item % blocks)))
                for point in 0..<points {
                  weights.values = UnsafePointer(u) + point * panelStride(partition)
                  columns.values =
                    UnsafePointer(v) + item * vSize + point * pointStride(channels: read.count)
                  kernels.product(
                    &weights, 0, &columns, start > 0,
                    m + item * mSize + point * productStride(channels: mine.count)
                      + (first - mine.lowerBound) * productColumns, productColumns)
                }
              }
            }
          }
        }
        for item in 0..<partition.items {
          transformOutput(
            m + item * mSize, channels: mine, block: blocking.block(item % blocks),
            epilogue: epilogue, into: outputs[item / blocks].address, channelStride: channelStride)
        }
      }
    }
  }
}
