import CKernels
import Compute

/// What a convolution does to its outputs before they are written.
struct ConvolutionEpilogue {
  /// One value per output channel, empty for none.
  var bias: [Float] = []
  /// max(0, ·) afterwards.
  var relu = false
}

extension FastConvolution {
  /// Floats of M per worker: a few panels at a time, so that they stay in the L2 cache.
  private static let targetProducts = 1 << 16

  /// Output channels whose M exists at a time, a multiple of the panel.
  private func stripe(panel: Int, columns: Int) -> Int {
    max(1, Self.targetProducts / (points * columns * panel)) * panel
  }

  /// Columns of M, the last vector's surplus included.
  private var productColumns: Int {
    (blocking.blockDepth * blocking.rows * blocking.pitch + 15) / 16 * 16
  }

  /// Floats of scratch for one worker.
  private func scratchCount(stripe: Int) -> Int {
    points * pointStride(channels: inputChannels) + points * (stripe * productColumns + 16)
  }

  /// Writes the output of one sample or several.
  ///
  /// - Parameters:
  ///   - inputs: For every sample one address per input channel, of plane 0.
  ///   - weights: ``weights(of:flipped:)``.
  ///   - outputs: For every sample the address of plane ``firstPlane`` of output channel 0.
  ///   - channelStride: Floats from one output channel to the next.
  func forward(
    _ inputs: [[UnsafePointer<Float>]], weights: FastWeights, epilogue: ConvolutionEpilogue,
    outputs: [UnsafeMutablePointer<Float>], channelStride: Int, workspace: inout Workspace
  ) {
    let panel = weights.panel
    let rowOffsets = tapOffsets(channels: inputChannels, alongX: true)
    let stripe = min(
      (outputChannels + panel - 1) / panel * panel, stripe(panel: panel, columns: productColumns))
    let perWorker = (scratchCount(stripe: stripe) + 15) / 16 * 16
    let threads = Parallel.threadCount
    nonisolated(unsafe) let scratch = workspace.reserve(perWorker * threads)
    nonisolated(unsafe) let (inputs, outputs) = (inputs, outputs)
    let blocks = blocking.blocks.product
    // Few blocks are shared out by output channels too; every sum stays as it is.
    let stripes = (outputChannels + stripe - 1) / stripe
    let shares = min(
      stripes, max(1, (2 * threads + blocks * inputs.count - 1) / (blocks * inputs.count)))
    withTransforms { z, y in
      nonisolated(unsafe) let (z, y) = (z, y)
      Parallel.forEach(inputs.count * blocks * shares) { job, worker in
        let (sample, rest) = (job / (blocks * shares), job % (blocks * shares))
        let block = blocking.block(rest / shares)
        let share = rest % shares
        let v = scratch + worker * perWorker
        let m = v + points * pointStride(channels: inputChannels)
        transformInput(inputs[sample], channels: 0..<inputChannels, block: block, into: v)
        for index in share * stripes / shares..<(share + 1) * stripes / shares {
          let channels = index * stripe..<min(outputChannels, (index + 1) * stripe)
          multiply(v, weights, channels: channels, rows: rowOffsets, block: block, into: m)
          transformOutput(
            m, channels: channels, z, y, block: block, epilogue: epilogue,
            into: outputs[sample], channelStride: channelStride)
        }
      }
    }
  }

  /// M = U · V of some output channels at every point.
  private func multiply(
    _ v: UnsafePointer<Float>, _ weights: FastWeights, channels: Range<Int>, rows: [Int32],
    block: FastBlock, into m: UnsafeMutablePointer<Float>
  ) {
    let width = min(blocking.width, output.width - block.x)
    let columns =
      ((block.z.count - 1) * blocking.rows + block.y.count - 1) * blocking.pitch + width
    let vStride = pointStride(channels: inputChannels)
    let mStride = channels.count * productColumns + 16
    for point in 0..<points {
      kernels.product(
        weights.address + point * weightStride + channels.lowerBound * depth, channels.count,
        weights.panel, rows, depth, v + point * vStride, columns, m + point * mStride,
        productColumns)
    }
  }

  /// The outputs of a block from M.
  private func transformOutput(
    _ m: UnsafePointer<Float>, channels: Range<Int>, _ z: UnsafePointer<ck_transform>,
    _ y: UnsafePointer<ck_transform>, block: FastBlock, epilogue: ConvolutionEpilogue,
    into target: UnsafeMutablePointer<Float>, channelStride: Int
  ) {
    let mStride = channels.count * productColumns + 16
    let width = min(blocking.width, output.width - block.x)
    let area = output.height * output.width
    withUnsafeTemporaryAllocation(
      of: UnsafeMutablePointer<Float>?.self, capacity: tile.depth * tile.height
    ) { rows in
      for channel in channels {
        let base = target + channel * channelStride + block.x
        let bias = epilogue.bias.isEmpty ? 0 : epilogue.bias[channel]
        for unitZ in block.z {
          for unitY in block.y {
            for i in 0..<tile.depth {
              for j in 0..<tile.height {
                let (outZ, outY) = (unitZ * tile.depth + i, unitY * tile.height + j)
                rows[i * tile.height + j] =
                  outZ < output.depth && outY < output.height
                  ? base + outZ * area + outY * output.width : nil
              }
            }
            let column =
              ((unitZ - block.z.lowerBound) * blocking.rows + unitY - block.y.lowerBound)
              * blocking.pitch
            kernels.output_tile(
              z, y, m + (channel - channels.lowerBound) * productColumns + column, mStride,
              width, bias, epilogue.relu, rows.baseAddress)
          }
        }
      }
    }
  }
}
