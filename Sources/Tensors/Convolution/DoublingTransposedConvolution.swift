import CKernels
import Compute

/// The transposed convolution of a U-Net: 2×2×2 windows of stride 2, so that every output voxel has
/// one input voxel and the eight taps of an output channel are eight rows of one matrix product,
///
///     Y [out · 8 × V] = Wᵀ [out · 8 × in] · X [in × V]
///
/// whose columns are interleaved in pairs along x on the way out. A block is some rows of one
/// plane.
struct DoublingTransposedConvolution {
  let batch: Int
  let inputChannels: Int
  let outputChannels: Int
  /// Extents of the input, half of those of the output.
  let input: SpatialAxes
  private let rowsPerBlock: Int

  /// Columns of a block, unless a single row is longer.
  private static let targetColumns = 256
  /// Output channels whose eight rows exist at a time.
  private static let stripe = 12
  /// The largest number of groups of blocks that add up a weight gradient of their own.
  private static let groups = 32

  /// nil for other geometries, or if the planner was asked for im2col.
  init?(_ geometry: ConvolutionGeometry, weight: Shape, batch: Int, input: SpatialAxes) {
    guard geometry == .halving, ConvolutionPlanner.request != .im2col else { return nil }
    self.batch = batch
    inputChannels = weight[0]
    outputChannels = weight[1]
    self.input = input
    rowsPerBlock = min(input.height, max(1, Self.targetColumns / input.width))
  }

  var output: SpatialAxes { input.map { 2 * $0 } }

  private var taps: Int { 8 }
  /// Rows of the product: output channels and taps, as the weights hold them.
  private var rows: Int { outputChannels * taps }
  private var blocksPerPlane: Int { input.height.parts(of: rowsPerBlock) }
  private var blocks: Int { batch * input.depth * blocksPerPlane }
  /// Floats from one row of columns to the next: whole vectors, an odd number of cache lines.
  private var pitch: Int { (rowsPerBlock * input.width + 16).roundedUpToOddCacheLines }

  /// Rows of a plane of a sample.
  private struct Block {
    let sample, plane: Int
    let rows: Range<Int>
  }

  private func block(_ index: Int) -> Block {
    let first = index % blocksPerPlane * rowsPerBlock
    return Block(
      sample: index / (input.depth * blocksPerPlane),
      plane: index / blocksPerPlane % input.depth,
      rows: first..<min(input.height, first + rowsPerBlock))
  }

  /// Offsets of `count` rows of columns.
  private func rowOffsets(_ count: Int) -> [Int32] { (0..<count).map { Int32($0 * pitch) } }

  /// The columns of a block, from `values` on, as a product or a correlation reads them.
  private func withColumns(
    _ values: UnsafePointer<Float>, offsets: [Int32], of block: Block,
    _ body: (UnsafePointer<ck_rows>) -> Void
  ) {
    offsets.withUnsafeBufferPointer { offsets in
      let columns = ck_rows(
        values: values, offsets: offsets.baseAddress, rows: offsets.count,
        count: block.rows.count * input.width)
      withUnsafePointer(to: columns, body)
    }
  }

  /// The weights in panels; their rows are the output channels and taps, or the input channels.
  private func panels(of weight: Tensor, byInput: Bool) -> FastWeights {
    var g = ck_weights()
    (g.inputs, g.outputs) = byInput ? (rows, inputChannels) : (inputChannels, rows)
    (g.kernel, g.points) = ((1, 1, 1), (1, 1, 1))
    (g.output_stride, g.input_stride, g.tap_stride) = byInput ? (rows, 1, 1) : (1, rows, 1)
    let panel = FastWeights.panelHeight(outputs: g.outputs)
    let storage = AlignedStorage<Float>(uninitialized: rows * inputChannels)
    weight.withPointer { source in
      for first in stride(from: 0, to: g.outputs, by: panel) {
        kernels.weight_points(
          &g, source, first, min(panel, g.outputs - first),
          storage.baseAddress + first * g.inputs, 0)
      }
    }
    return FastWeights(storage: storage, panel: panel)
  }

  /// The output `[N, out, 2D, 2H, 2W]`.
  func forward(
    _ x: Tensor, weight: Tensor, bias: Tensor?, workspace: inout Workspace
  ) -> Tensor {
    var y = Tensor(
      uninitialized: Shape(batch: batch, channels: outputChannels, extents: output))
    // A stripe starts at a panel's first row.
    let panels = panels(of: weight, byInput: false)
    let step = panels.panel * taps  // rows: whole panels and whole output channels
    let stripe = max(step, Self.stripe * taps / step * step)
    let offsets = rowOffsets(inputChannels)
    let biases = bias?.scalars
    let perWorker = (inputChannels + stripe) * pitch + 16
    let scratch = DisjointPointer(workspace.reserve(perWorker * Parallel.threadCount))
    x.withPointer { x in
      y.withMutablePointer { y in
        let (x, y) = (SharedPointer(x), DisjointPointer(y))
        Parallel.forEach(blocks) { job, worker in
          let block = block(job)
          let v = scratch + worker * perWorker
          let m = v + inputChannels * pitch
          gather(x.address, block: block, into: v)
          for first in Swift.stride(from: 0, to: rows, by: stripe) {
            let count = min(stripe, rows - first)
            var weights = ck_panels(
              values: panels.values + first * inputChannels, outputs: count,
              height: panels.panel, depth: inputChannels)
            withColumns(v, offsets: offsets, of: block) {
              kernels.product(&weights, 0, $0, false, m, pitch)
            }
            for channel in first / taps..<(first + count) / taps {
              interleave(
                m + (channel * taps - first) * pitch, channel: channel, block: block,
                bias: biases?[channel] ?? 0, into: y.address)
            }
          }
        }
      }
    }
    return y
  }

  /// The columns of all input channels.
  private func gather(
    _ x: UnsafePointer<Float>, block: Block, into v: UnsafeMutablePointer<Float>
  ) {
    let start =
      x + block.sample * inputChannels * input.product
      + (block.plane * input.height + block.rows.lowerBound) * input.width
    for channel in 0..<inputChannels {
      (v + channel * pitch).update(
        from: start + channel * input.product, count: block.rows.count * input.width)
    }
  }

  /// Where a row of the output begins.
  private func outputRow(
    channel: Int, block: Block, row: Int, z: Int, y: Int
  ) -> Int {
    let plane = (block.sample * outputChannels + channel) * output.depth + 2 * block.plane + z
    return (plane * output.height + 2 * row + y) * output.width
  }

  /// The eight rows of a channel to the output.
  private func interleave(
    _ m: UnsafePointer<Float>, channel: Int, block: Block, bias: Float,
    into y: UnsafeMutablePointer<Float>
  ) {
    let streams = outputChannels * output.product > FastConvolution.cachedOutputs
    for row in block.rows {
      let column = (row - block.rows.lowerBound) * input.width
      for tap in Swift.stride(from: 0, to: taps, by: 2) {
        kernels.interleave(
          m + tap * pitch + column, m + (tap + 1) * pitch + column, input.width, bias,
          streams,
          y + outputRow(channel: channel, block: block, row: row, z: tap / 4, y: tap / 2 % 2))
      }
    }
  }

  /// The rows of all output channels and taps from an output gradient: the inverse of
  /// ``interleave(_:channel:block:bias:into:)``.
  private func deinterleave(
    _ dy: UnsafePointer<Float>, block: Block, into v: UnsafeMutablePointer<Float>
  ) {
    for channel in 0..<outputChannels {
      for row in block.rows {
        let column = channel * taps * pitch + (row - block.rows.lowerBound) * input.width
        for tap in Swift.stride(from: 0, to: taps, by: 2) {
          kernels.deinterleave(
            dy + outputRow(channel: channel, block: block, row: row, z: tap / 4, y: tap / 2 % 2),
            input.width, v + tap * pitch + column, v + (tap + 1) * pitch + column)
        }
      }
    }
  }

  /// The gradient of the input `[N, in, D, H, W]`.
  func inputGradient(
    _ gradient: Tensor, weight: Tensor, workspace: inout Workspace
  ) -> Tensor {
    var dx = Tensor(uninitialized: Shape(batch: batch, channels: inputChannels, extents: input))
    let panels = panels(of: weight, byInput: true)
    let offsets = rowOffsets(rows)
    let perWorker = (rows + inputChannels) * pitch + 16
    let scratch = DisjointPointer(workspace.reserve(perWorker * Parallel.threadCount))
    gradient.withPointer { dy in
      dx.withMutablePointer { dx in
        let (dy, dx) = (SharedPointer(dy), DisjointPointer(dx))
        Parallel.forEach(blocks) { job, worker in
          let block = block(job)
          let v = scratch + worker * perWorker
          let m = v + rows * pitch
          deinterleave(dy.address, block: block, into: v)
          let columns = block.rows.count * input.width
          var weights = ck_panels(
            values: panels.values.address, outputs: inputChannels, height: panels.panel, depth: rows
          )
          withColumns(v, offsets: offsets, of: block) {
            kernels.product(&weights, 0, $0, false, m, pitch)
          }
          let start =
            dx + block.sample * inputChannels * input.product
            + (block.plane * input.height + block.rows.lowerBound) * input.width
          for channel in 0..<inputChannels {
            (start + channel * input.product).update(from: m + channel * pitch, count: columns)
          }
        }
      }
    }
    return dx
  }

  /// Floats of scratch of the weight gradient: a sum for each group, and blocks for each worker.
  func gradientScratch(threads: Int) -> Int {
    let padded = inputChannels.roundedUp(to: 16)
    let perWorker = (rows * pitch + padded * pitch + 16).roundedUp(to: 16)
    return max(1, min(blocks, Self.groups)) * rows * padded + perWorker * threads
  }

  /// The gradient of the weight `[in, out, 2, 2, 2]`; groups of blocks are added in order.
  func weightGradient(
    _ gradient: Tensor, input x: Tensor, workspace: inout Workspace
  ) -> Tensor {
    var result = Tensor(uninitialized: [inputChannels, outputChannels, 2, 2, 2])
    let padded = inputChannels.roundedUp(to: 16)
    let groups = max(1, min(blocks, Self.groups))
    let partial = rows * padded
    let starts = rowOffsets(rows)
    let perWorker = (rows * pitch + padded * pitch + 16).roundedUp(to: 16)
    let partials = DisjointPointer(
      workspace.reserve(
        gradientScratch(threads: Parallel.threadCount)))
    let scratch = DisjointPointer(partials + groups * partial)
    gradient.withPointer { dy in
      x.withPointer { x in
        let (dy, x) = (SharedPointer(dy), SharedPointer(x))
        Parallel.forEach(groups) { group, worker in
          let v = scratch + worker * perWorker
          let turned = v + rows * pitch
          let jobs = blocks.share(group, of: groups)
          for job in jobs {
            let block = block(job)
            let columns = block.rows.count * input.width
            deinterleave(dy.address, block: block, into: v)
            let start: UnsafePointer<Float>? =
              x + block.sample * inputChannels * input.product
              + (block.plane * input.height + block.rows.lowerBound) * input.width
            // [columns][in], without any transform.
            withUnsafePointer(to: FastTransform.none) { none in
              withUnsafePointer(to: start) { row in
                kernels.gradient_tile(
                  none, none, row, columns, inputChannels, input.product, columns, turned, 0)
              }
            }
            withColumns(v, offsets: starts, of: block) {
              kernels.correlation(
                $0, turned, inputChannels, inputChannels, job > jobs.lowerBound,
                partials + group * partial, padded)
            }
          }
        }
        for group in 1..<max(1, groups) {
          kernels.add(partials.address, partials + group * partial, partials.address, partial)
        }
      }
    }
    // [out · 8][in] → [in][out · 8]
    result.withMutablePointer {
      kernels.transpose(partials.address, rows, inputChannels, padded, $0, rows)
    }
    return result
  }
}
