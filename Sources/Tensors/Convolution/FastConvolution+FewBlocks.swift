import CKernels
import Compute

/// The forward pass of large weights that serve a few blocks once, as in the deep levels of a network
/// in training: every panel of the weights is transformed where it is used, in the caches, instead of
/// being written to memory whole and read back.
extension FastConvolution {
  /// How the sums of a few blocks are cut.
  struct FewBlocksCut {
    /// Blocks of all samples.
    let items: Int
    /// Input channels whose V and transformed weights exist at a time.
    let inputs: Int
    /// Parts of the output channels, in panels, that jobs take.
    let shares: Int

    /// Floats of weights at all points, from 16 MB on.
    private static let fromWeights = 1 << 22
    /// The V and the sums of so many blocks fit beside each other.
    private static let mostItems = 8
    /// Floats of V and of a panel's weights, 768 KB: most of the L2 cache.
    private static let cached = 3 << 16
    /// Terms of a sum that outweigh loading and storing it.
    private static let fewestTerms = 40

    /// Whether weights are large and blocks few.
    static func takes(_ it: FastConvolution, batch: Int) -> Bool {
      batch * it.blocking.blocks.product <= mostItems && it.weightCount >= fromWeights
    }

    /// nil where weights are small, or blocks many.
    init?(_ it: FastConvolution, batch: Int, threads: Int) {
      guard Self.takes(it, batch: batch) else { return nil }
      items = batch * it.blocking.blocks.product
      let panels = (it.outputChannels + it.panelHeight - 1) / it.panelHeight
      let perInput =
        it.points * (items * it.blocking.channelStride + it.taps.product * it.panelHeight)
      let fewest = (Self.fewestTerms + it.taps.product - 1) / it.taps.product
      inputs = min(it.inputChannels, max(fewest, Self.cached / perInput))
      shares = min(panels, 2 * threads)
    }
  }

  /// Floats from the weights of a panel at one point to those at the next.
  private func panelStride(_ cut: FewBlocksCut) -> Int {
    ((cut.inputs * taps.product * panelHeight + 15) / 16 | 1) * 16
  }

  /// Floats of scratch for one worker: V and M of every block, and the weights of a panel.
  func scratchCount(_ cut: FewBlocksCut) -> Int {
    let panels = (outputChannels + panelHeight - 1) / panelHeight
    let outputs = (panels + cut.shares - 1) / cut.shares * panelHeight
    let (v, m) = (pointStride(channels: cut.inputs), productStride(channels: outputs))
    return points * (cut.items * (v + m) + panelStride(cut)) + 16
  }

  /// Writes the output of all samples.
  ///
  /// - Parameters:
  ///   - inputs: For every sample one address per input channel, of plane 0.
  ///   - weight: `[out, in, z, y, x]`, or what ``FastWeightSource/flipped(_:first:)`` takes.
  ///   - flippedFrom: The first of its input channels, if flipped.
  ///   - outputs: For every sample the address of plane ``firstPlane`` of output channel 0.
  ///   - channelStride: Floats from one output channel to the next.
  func forward(
    _ inputs: [[UnsafePointer<Float>]], _ cut: FewBlocksCut, weight: Tensor, flippedFrom: Int?,
    epilogue: ConvolutionEpilogue, outputs: [UnsafeMutablePointer<Float>], channelStride: Int,
    workspace: inout Workspace
  ) {
    let perWorker = (scratchCount(cut) + 15) / 16 * 16
    nonisolated(unsafe) let scratch = workspace.reserve(perWorker * Parallel.threadCount)
    nonisolated(unsafe) let (inputs, outputs) = (inputs, outputs)
    let rows = tapOffsets(channels: cut.inputs, alongX: true)
    let blocks = blocking.blocks.product
    let panel = panelHeight
    let panels = (outputChannels + panel - 1) / panel
    let vSize = points * pointStride(channels: cut.inputs)
    withPlainWeights(weight, flippedFrom: flippedFrom) { g, source in
      nonisolated(unsafe) let (g, source) = (g, source)
      Parallel.forEach(cut.shares) { share, worker in
        let mine =
          share * panels / cut.shares
          * panel..<min(
            outputChannels, (share + 1) * panels / cut.shares * panel)
        let mSize = points * productStride(channels: mine.count)
        let v = scratch + worker * perWorker
        let m = v + cut.items * vSize
        let u = m + cut.items * mSize
        for start in stride(from: 0, to: inputChannels, by: cut.inputs) {
          let read = start..<min(inputChannels, start + cut.inputs)
          for item in 0..<cut.items {
            transformInput(
              inputs[item / blocks], channels: read, block: blocking.block(item % blocks),
              into: v + item * vSize)
          }
          var part = g.pointee
          part.inputs = read.count
          for first in stride(from: mine.lowerBound, to: mine.upperBound, by: panel) {
            let height = min(panel, mine.upperBound - first)
            kernels.weight_points(
              &part, source + start * part.input_stride, first, height, u, panelStride(cut))
            let terms = read.count * taps.product
            var weights = ck_panels(values: u, outputs: height, height: height, depth: terms)
            rows.withUnsafeBufferPointer { offsets in
              for item in 0..<cut.items {
                var columns = ck_rows(
                  values: v, offsets: offsets.baseAddress, rows: terms,
                  count: columns(of: blocking.block(item % blocks)))
                for point in 0..<points {
                  weights.values = UnsafePointer(u) + point * panelStride(cut)
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
        for item in 0..<cut.items {
          transformOutput(
            m + item * mSize, channels: mine, block: blocking.block(item % blocks),
            epilogue: epilogue, into: outputs[item / blocks], channelStride: channelStride)
        }
      }
    }
  }
}
