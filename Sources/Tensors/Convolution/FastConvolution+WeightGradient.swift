import CKernels
import Compute

/// The weight gradient in the transformed domain: the adjoint of the forward pass, step by step.
///
///     ∂U[p] = ∂M[p] · V[p]ᵀ summed over all columns, ∂M = A ∂y Aᵀ     (gradient_tile, correlation)
///     ∂w    = Gᵀ ∂U G                                               (weight_gradient)
///
/// ∂M lies channels innermost. The taps along x are rows of the product, as
/// `∂U[(input, tap)][output] = Σ_n V[input][n + tap] · ∂M[n][output]`, or, where that leaves fewer
/// lanes empty, lanes: neighbors in memory are also the output channels of the taps, the last tap
/// first, `∂U[input][(tap, output)] = Σ_n V[input][n] · ∂M[n − halo + tap][output]`. Sums are cut
/// by size: a fixed number of groups of blocks, whose parts are added in order.
extension FastConvolution {
  /// How the sums are cut.
  private struct GradientPartition {
    /// Groups of blocks that add up a ∂U of their own.
    let groups: Int
    /// Input channels of a job.
    let channels: Int
    let channelBlocks: Int
    /// Input channels whose V exists at a time.
    let part: Int

    /// Floats that the ∂U of all groups may take together: 64 MB.
    static let budget = 1 << 24
    /// Floats of ∂U that a worker adds up and transforms to weights at once: 2 MB, a share of its
    /// caches.
    static let cachedSum = 1 << 19
    /// Floats of V that a worker keeps beside ∂M: 384 KB, a share of the L2 cache.
    static let cachedPoints = 3 << 15
    /// Enough jobs to keep 32 cores busy.
    static let jobs = 32
    /// Input channels that the kernel takes together.
    static let together = 6
  }

  private func partition(items: Int) -> GradientPartition {
    let size = points * gradientRows
    let groups = max(
      1, min(items, GradientPartition.jobs, GradientPartition.budget / (size * inputChannels)))
    var blocks = min(inputChannels.parts(of: 16), max(1, GradientPartition.jobs / groups))
    if groups == 1 {
      let fitting = max(GradientPartition.together, GradientPartition.cachedSum / size)
      blocks = max(blocks, inputChannels.parts(of: fitting))
    }
    let channels = inputChannels.parts(of: blocks)
    let fitting =
      GradientPartition.cachedPoints
      / (points * blocking.channelStride * GradientPartition.together)
    return GradientPartition(
      groups: groups, channels: channels,
      channelBlocks: inputChannels.parts(of: channels),
      part: min(channels, max(1, fitting) * GradientPartition.together))
  }

  /// Whether the taps along x are lanes of ∂U.
  private var tapsAreLanes: Bool {
    let (asLanes, asRows) = (vectors(taps.width * outputChannels), vectors(outputChannels))
    return taps.width > 1 && asLanes * blocking.pitch < taps.width * asRows * blocking.width
  }
  /// Floats of ∂U from one tap along x to the next.
  private var gradientTap: Int { tapsAreLanes ? outputChannels : vectors(outputChannels) }
  /// Floats of ∂U of all taps along x.
  private var gradientRow: Int { vectors(taps.width * gradientTap) }
  /// Floats of ∂U of one input channel at one point.
  private var gradientRows: Int { taps.depth * taps.height * gradientRow }

  /// A number of floats in whole vectors of the widest kind.
  private func vectors(_ count: Int) -> Int { count.roundedUp(to: 16) }

  /// Whether a worker adds up all blocks for some channels and goes on to their weights.
  func writesWeightsAtOnce(batch: Int) -> Bool {
    partition(items: batch * blocking.blocks.product).groups == 1
  }

  /// Multiply–adds of the products, empty lanes included.
  func gradientMultiplyAdds(batch: Int) -> Int {
    var columns = 0
    for (block, count) in blocking.kinds {
      if block.x + blocking.width <= output.width {
        columns += count * (self.columns(of: block) + margin)
      } else {
        let width = blocking.columns(output.width - block.x)
        columns += count * block.z.count * block.y.count * (width + margin)
      }
    }
    return batch * columns * points * inputChannels * gradientRows
  }

  /// Floats of a ∂U, the last vector's surplus included.
  private func sumCount(_ partition: GradientPartition) -> Int {
    points * partition.channels * gradientRows + 16
  }

  /// Floats of scratch of the weight gradient: the sums of all groups, and the tiles of one worker,
  /// with a sum of its own if there is one group.
  func gradientScratch(batch: Int) -> (sums: Int, perWorker: Int) {
    let partition = partition(items: batch * blocking.blocks.product)
    let tiles = points * (pointStride(channels: partition.part) + gradientStride) + gradientLines
    let sum = sumCount(partition)
    let isOne = partition.groups == 1
    return (
      isOne ? 0 : partition.channelBlocks * partition.groups * sum,
      vectors(tiles + (isOne ? sum : 0))
    )
  }

  /// The gradient of the weight `[out, in, z, y, x]`.
  ///
  /// - Parameters:
  ///   - inputs: For every sample one address per input channel.
  ///   - gradients: For every sample the address of channel 0 of the output gradient, whose channels
  ///     follow each other.
  func weightGradient(
    _ inputs: [[SharedPointer<Float>]], gradients: [SharedPointer<Float>],
    workspace: inout Workspace
  ) -> Tensor {
    let kernel = geometry.kernel
    var result = Tensor(
      uninitialized: [outputChannels, inputChannels, kernel.depth, kernel.height, kernel.width])
    let items = inputs.count * blocking.blocks.product
    let partition = partition(items: items)
    let (sums, perWorker) = gradientScratch(batch: inputs.count)
    let memory = DisjointPointer(workspace.reserve(sums + perWorker * Parallel.threadCount))
    result.withMutablePointer { target in
      let target = DisjointPointer(target)
      if partition.groups == 1 {
        let tiles = perWorker - vectors(sumCount(partition))
        Parallel.forEach(partition.channelBlocks) { job, worker in
          let scratch = memory + worker * perWorker
          let channels = self.channels(of: job, partition)
          accumulate(
            inputs, gradients, items: 0..<items, channels: channels, partition, tiles: scratch,
            into: scratch + tiles)
          for channel in channels {
            writeWeights(scratch + tiles, channel, of: channels, into: target.address)
          }
        }
      } else {
        let sum = sumCount(partition)
        Parallel.forEach(partition.channelBlocks * partition.groups) { job, worker in
          let (block, group) = (job / partition.groups, job % partition.groups)
          accumulate(
            inputs, gradients, items: items.share(group, of: partition.groups),
            channels: channels(of: block, partition), partition,
            tiles: memory + sums + worker * perWorker,
            into: memory + job * sum)
        }
        addGroups(memory.address, partition)
        Parallel.forEach(inputChannels) { channel, _ in
          let block = channel / partition.channels
          writeWeights(
            memory + block * partition.groups * sum, channel, of: channels(of: block, partition),
            into: target.address)
        }
      }
    }
    return result
  }

  /// The input channels of a block of them.
  private func channels(of block: Int, _ partition: GradientPartition) -> Range<Int> {
    block * partition.channels..<min(inputChannels, (block + 1) * partition.channels)
  }

  /// ∂U of some channels, summed over some blocks of the samples.
  private func accumulate(
    _ inputs: [[SharedPointer<Float>]], _ gradients: [SharedPointer<Float>], items: Range<Int>,
    channels: Range<Int>, _ partition: GradientPartition, tiles: UnsafeMutablePointer<Float>,
    into sum: UnsafeMutablePointer<Float>
  ) {
    let blocks = blocking.blocks.product
    let g = tiles + points * pointStride(channels: partition.part)
    for item in items {
      let (sample, block) = (item / blocks, blocking.block(item % blocks))
      transformGradient(gradients[sample].address, block: block, into: g)
      for first in stride(from: channels.lowerBound, to: channels.upperBound, by: partition.part) {
        let part = first..<min(channels.upperBound, first + partition.part)
        transformInput(inputs[sample], channels: part, block: block, into: tiles)
        correlate(
          tiles, g, channels: part.count, block: block, adds: item > items.lowerBound,
          into: sum + (first - channels.lowerBound) * gradientRows,
          pointStride: channels.count * gradientRows)
      }
    }
  }

  /// Adds the sums of all groups to those of the first, in order.
  private func addGroups(_ sums: UnsafeMutablePointer<Float>, _ partition: GradientPartition) {
    let sums = DisjointPointer(sums)
    let sum = sumCount(partition)
    Parallel.forEach(partition.channelBlocks * points) { job, _ in
      let (block, point) = (job / points, job % points)
      let size = channels(of: block, partition).count * gradientRows
      let total = sums + block * partition.groups * sum + point * size
      for group in 1..<partition.groups { kernels.add(total, total + group * sum, total, size) }
    }
  }

  /// Writes Gᵀ ∂U G of one channel of a sum.
  private func writeWeights(
    _ sum: UnsafePointer<Float>, _ channel: Int, of channels: Range<Int>,
    into target: UnsafeMutablePointer<Float>
  ) {
    let start = sum + (channel - channels.lowerBound) * gradientRows
    withKernelWeights {
      kernels.weight_gradient(
        $0, tapsAreLanes ? start + halo * gradientTap : start, channels.count * gradientRows,
        gradientRow, tapsAreLanes ? -gradientTap : gradientTap, channel, target)
    }
  }

  /// Columns that the taps along x reach past an output.
  private var halo: Int { taps.width - 1 }
  /// Columns of zeros to the left of ∂M.
  private var margin: Int { tapsAreLanes ? halo : 0 }

  /// Floats from one point of ∂M to the next: `[column][output]`, with the margin and what vectors
  /// reach past the last column.
  private var gradientStride: Int {
    let columns = blocking.blockDepth * blocking.rows * blocking.pitch + margin
    return vectors(columns * outputChannels) + 16
  }

  /// Floats of one row of a unit of ∂M on its way to the points along x.
  private var gradientLine: Int {
    vectors((blocking.pitch * tile.width) * outputChannels) + 16
  }
  /// Floats of all of them; none without a transform along x.
  private var gradientLines: Int { x == nil ? 0 : planePoints * gradientLine }

  /// ∂M of a block, followed by room for ``gradientLines``; the columns before, between and after
  /// its units are zero.
  private func transformGradient(
    _ gradient: UnsafePointer<Float>, block: FastBlock, into g: UnsafeMutablePointer<Float>
  ) {
    let width = min(blocking.width, output.width - block.x)
    let columns = blocking.columns(width)
    // The next unit along y is asked for while this one is used.
    let ahead = tile.height * output.width
    let lines = g + points * gradientStride
    let isAlongX = x != nil
    func clear(_ start: UnsafeMutablePointer<Float>, from first: Int, to last: Int) {
      (start + first * outputChannels).update(repeating: 0, count: (last - first) * outputChannels)
    }
    for point in 0..<points { clear(g + point * gradientStride, from: 0, to: margin) }
    withTransforms { z, y, x in
      withUnsafeTemporaryAllocation(
        of: UnsafePointer<Float>?.self, capacity: tile.depth * tile.height
      ) { rows in
        for unitZ in block.z {
          for unitY in block.y {
            forEachOutputRow(unitZ, unitY, of: block) { rows[$0] = $1.map { gradient + $0 } }
            let target = g + (margin + column(of: unitZ, unitY, in: block)) * outputChannels
            kernels.gradient_tile(
              z, y, rows.baseAddress, ahead, outputChannels, output.product, width,
              isAlongX ? lines : target, isAlongX ? gradientLine : gradientStride)
            if isAlongX {
              for point in 0..<planePoints {
                clear(lines + point * gradientLine, from: width, to: columns * tile.width)
              }
              kernels.gradient_line(
                x, lines, gradientLine, planePoints, columns, outputChannels, target,
                gradientStride)
            }
            for point in 0..<points {
              clear(target + point * gradientStride, from: columns, to: blocking.pitch)
            }
          }
        }
      }
    }
  }

  /// ∂U = ∂M · Vᵀ at every point, added to what is there if asked.
  private func correlate(
    _ v: UnsafePointer<Float>, _ g: UnsafePointer<Float>, channels: Int, block: FastBlock,
    adds: Bool, into sum: UnsafeMutablePointer<Float>, pointStride sumStride: Int
  ) {
    let starts = tapOffsets(channels: channels, alongX: !tapsAreLanes)
    let (lanes, step) =
      tapsAreLanes ? (gradientTap * taps.width, gradientRow) : (outputChannels, gradientTap)
    let width = blocking.columns(min(blocking.width, output.width - block.x))
    let vStride = pointStride(channels: channels)
    // Columns between units were not read for a narrower part of a row: leave them out.
    let isWhole = block.x + blocking.width <= output.width
    let units = block.z.count * block.y.count
    let last = column(of: block.z.upperBound - 1, block.y.upperBound - 1, in: block)
    starts.withUnsafeBufferPointer { offsets in
      var columns = ck_rows(
        values: v, offsets: offsets.baseAddress, rows: offsets.count,
        count: (isWhole ? last + width : width) + margin)
      for point in 0..<points {
        for unit in 0..<(isWhole ? 1 : units) {
          let first = column(
            of: block.z.lowerBound + unit / block.y.count,
            block.y.lowerBound + unit % block.y.count, in: block)
          columns.values = v + point * vStride + first
          kernels.correlation(
            &columns, g + point * gradientStride + first * outputChannels, outputChannels, lanes,
            adds || unit > 0, sum + point * sumStride, step)
        }
      }
    }
  }
}
