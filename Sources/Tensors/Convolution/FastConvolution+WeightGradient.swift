import CKernels
import Compute

/// The weight gradient in the transformed domain: the adjoint of the forward pass, step by step.
///
///     ∂U[p] = ∂M[p] · V[p]ᵀ summed over all columns, ∂M = A ∂y Aᵀ     (gradient_tile, correlation)
///     ∂w    = Gᵀ ∂U G                                               (weight_gradient)
///
/// Sums are cut by size: a fixed number of groups of blocks, whose parts are added in order.
extension FastConvolution {
  /// How the sums are cut.
  private struct GradientCut {
    /// Groups of blocks that add up a ∂U of their own.
    let groups: Int
    /// Input channels of a job.
    let channels: Int
    let channelBlocks: Int

    /// Floats that the ∂U of all groups may take together: 64 MB.
    static let budget = 1 << 24
    /// Enough jobs to keep 32 cores busy.
    static let jobs = 32
  }

  /// Output channels in whole vectors of the widest kind.
  private var paddedOutputs: Int { (outputChannels + 15) / 16 * 16 }

  private func cut(items: Int) -> GradientCut {
    let size = points * depth * paddedOutputs
    let groups = max(1, min(items, GradientCut.jobs, GradientCut.budget / size))
    let blocks = min((inputChannels + 15) / 16, (GradientCut.jobs + groups - 1) / groups)
    let channels = (inputChannels + blocks - 1) / blocks
    return GradientCut(
      groups: groups, channels: channels,
      channelBlocks: (inputChannels + channels - 1) / channels)
  }

  /// Floats of scratch of the weight gradient: the sums of all groups, and the tiles of one worker.
  func gradientScratch(batch: Int) -> (partials: Int, perWorker: Int) {
    let cut = cut(items: batch * blocking.blocks.product)
    let tiles = points * (pointStride(channels: cut.channels) + gradientStride)
    return (
      cut.channelBlocks * cut.groups * points * cut.channels * taps.product * paddedOutputs,
      (tiles + 15) / 16 * 16
    )
  }

  /// The gradient of the weight `[out, in, z, y, x]`.
  ///
  /// - Parameters:
  ///   - inputs: For every sample one address per input channel.
  ///   - gradients: For every sample the address of channel 0 of the output gradient, whose channels
  ///     follow each other.
  func weightGradient(
    _ inputs: [[UnsafePointer<Float>]], gradients: [UnsafePointer<Float>],
    workspace: inout Workspace
  ) -> Tensor {
    let kernel = geometry.kernel
    var result = Tensor(
      uninitialized: [outputChannels, inputChannels, kernel.depth, kernel.height, kernel.width])
    let blocks = blocking.blocks.product
    let items = inputs.count * blocks
    let cut = cut(items: items)
    let perChannel = taps.product * paddedOutputs
    let partial = points * cut.channels * perChannel
    let vCount = points * pointStride(channels: cut.channels)
    let (partialCount, perWorker) = gradientScratch(batch: inputs.count)
    nonisolated(unsafe) let partials = workspace.reserve(
      partialCount + perWorker * Parallel.threadCount)
    nonisolated(unsafe) let scratch = partials + partialCount
    nonisolated(unsafe) let (inputs, gradients) = (inputs, gradients)
    Parallel.forEach(cut.channelBlocks * cut.groups) { job, worker in
      let (channelBlock, group) = (job / cut.groups, job % cut.groups)
      let first = channelBlock * cut.channels
      let channels = first..<min(inputChannels, first + cut.channels)
      let sum = partials + job * partial
      let v = scratch + worker * perWorker
      let g = v + vCount
      let items = group * items / cut.groups..<(group + 1) * items / cut.groups
      for item in items {
        let (sample, block) = (item / blocks, blocking.block(item % blocks))
        transformInput(inputs[sample], channels: channels, block: block, into: v)
        transformGradient(gradients[sample], block: block, into: g)
        correlate(
          v, g, channels: channels.count, block: block, adds: item > items.lowerBound, into: sum)
      }
    }
    // The groups' sums, added in order.
    Parallel.forEach(cut.channelBlocks * points) { job, _ in
      let (channelBlock, point) = (job / points, job % points)
      let channels = min(cut.channels, inputChannels - channelBlock * cut.channels)
      let size = channels * perChannel
      let total = partials + channelBlock * cut.groups * partial + point * size
      for group in 1..<max(1, cut.groups) {
        kernels.add(total, total + group * partial, total, size)
      }
    }
    result.withMutablePointer { target in
      withKernelWeights { g in
        nonisolated(unsafe) let (target, g) = (target, g)
        Parallel.forEach(inputChannels) { channel, _ in
          let (channelBlock, slot) = (channel / cut.channels, channel % cut.channels)
          let channels = min(cut.channels, inputChannels - channelBlock * cut.channels)
          kernels.weight_gradient(
            g, partials + channelBlock * cut.groups * partial + slot * perChannel,
            channels * perChannel, paddedOutputs, channel, target)
        }
      }
    }
    return result
  }

  /// Floats from one point of ∂M to the next: `[column][output]`.
  private var gradientStride: Int {
    blocking.blockDepth * blocking.rows * blocking.pitch * paddedOutputs + 16
  }

  /// ∂M of a block; the columns between its units are zero.
  private func transformGradient(
    _ gradient: UnsafePointer<Float>, block: FastBlock, into g: UnsafeMutablePointer<Float>
  ) {
    let width = min(blocking.width, output.width - block.x)
    let area = output.height * output.width
    withTransforms { z, y in
      withUnsafeTemporaryAllocation(
        of: UnsafePointer<Float>?.self, capacity: tile.depth * tile.height
      ) { rows in
        for unitZ in block.z {
          for unitY in block.y {
            for i in 0..<tile.depth {
              for j in 0..<tile.height {
                let (outZ, outY) = (unitZ * tile.depth + i, unitY * tile.height + j)
                rows[i * tile.height + j] =
                  outZ < output.depth && outY < output.height
                  ? gradient + outZ * area + outY * output.width + block.x : nil
              }
            }
            let target = g + column(of: unitZ, unitY, in: block) * paddedOutputs
            kernels.gradient_tile(
              z, y, rows.baseAddress, outputChannels, output.product, width, target,
              gradientStride, paddedOutputs)
            for point in 0..<points {
              (target + point * gradientStride + width * paddedOutputs).update(
                repeating: 0, count: (blocking.pitch - width) * paddedOutputs)
            }
          }
        }
      }
    }
  }

  private func column(of unitZ: Int, _ unitY: Int, in block: FastBlock) -> Int {
    ((unitZ - block.z.lowerBound) * blocking.rows + unitY - block.y.lowerBound) * blocking.pitch
  }

  /// ∂U = ∂M · Vᵀ at every point, added to what is there if asked.
  private func correlate(
    _ v: UnsafePointer<Float>, _ g: UnsafePointer<Float>, channels: Int, block: FastBlock,
    adds: Bool, into sum: UnsafeMutablePointer<Float>
  ) {
    // Taps along x are consecutive columns; the kernels take these numbers of them at once.
    let alongX = [1, 3, 5].contains(taps.width)
    let starts = tapOffsets(channels: channels, alongX: !alongX)
    let width = min(blocking.width, output.width - block.x)
    let vStride = pointStride(channels: channels)
    let size = channels * taps.product * paddedOutputs
    // Columns between units were not read for a narrower part of a row: leave them out.
    let isWhole = width == blocking.width
    let units = block.z.count * block.y.count
    for point in 0..<points {
      for unit in 0..<(isWhole ? 1 : units) {
        let first = column(
          of: block.z.lowerBound + unit / block.y.count, block.y.lowerBound + unit % block.y.count,
          in: block)
        let last = column(of: block.z.upperBound - 1, block.y.upperBound - 1, in: block)
        kernels.correlation(
          v + point * vStride + first, starts, starts.count, alongX ? taps.width : 1,
          g + point * gradientStride + first * paddedOutputs,
          isWhole ? last + width : width, paddedOutputs, adds || unit > 0, sum + point * size)
      }
    }
  }
}
