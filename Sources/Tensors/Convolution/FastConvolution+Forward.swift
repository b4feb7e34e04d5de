import CKernels
import Compute

/// What a convolution does to its outputs before they are written.
struct ConvolutionEpilogue {
  /// One value per output channel, empty for none.
  var bias: [Float] = []
  /// max(0, ·) afterwards.
  var relu = false
}

/// Where a fast convolution writes its outputs.
struct ConvolutionTarget {
  /// For every sample the address of the first wanted plane of output channel 0.
  let outputs: [DisjointPointer<Float>]
  /// Floats from one output channel to the next.
  let channelStride: Int
  /// What is done before.
  let epilogue: ConvolutionEpilogue
}

/// Where a fast convolution takes its weights from.
enum FastWeightSource {
  /// Transformed beforehand.
  case prepared(FastWeights)
  /// A weight `[out, in, z, y, x]` to transform in the workspace; with `flippedFrom`, for the
  /// gradient of its input channels from that one on.
  case plain(Tensor, flippedFrom: Int? = nil)
}

extension FastConvolution {
  /// How V and M of a block are cut, so that they stay in the caches.
  struct ForwardPartition {
    /// Input channels whose V exists at a time.
    let inputs: Int
    let inputParts: Int
    /// Output channels whose M exists at a time, a multiple of the panel.
    let outputs: Int

    /// Floats of V up to which it stays whole, 6 MB: a share of the L3 cache.
    private static let wholePoints = 3 << 19
    /// Floats of a part of a larger V, 1 MB: M passes once more for each, V stays near.
    private static let partPoints = 1 << 18
    /// Floats of M per worker, 256 KB: a part of the L2 cache.
    private static let targetProducts = 1 << 16

    init(_ convolution: FastConvolution) {
      let inputChannels = convolution.inputChannels
      let points = inputChannels * convolution.points * convolution.blocking.channelStride
      let parts =
        points <= Self.wholePoints ? 1 : (points + Self.partPoints / 2) / Self.partPoints
      inputs = inputChannels.parts(of: parts)
      inputParts = inputChannels.parts(of: inputs)
      // Several parts of V add to an M that exists whole.
      let fitting =
        inputParts > 1
        ? convolution.outputChannels
        : max(1, Self.targetProducts / (convolution.points * convolution.productColumns))
      let panel = convolution.panelHeight
      outputs = min(convolution.panels, max(1, fitting / panel)) * panel
    }
  }

  /// Outputs of more floats, 16 MB, are written around the caches: they would not stay there.
  static let cachedOutputs = 1 << 22

  /// Columns of M, the last vector's surplus included.
  var productColumns: Int {
    (blocking.blockDepth * blocking.rows * blocking.pitch).roundedUp(to: 16)
  }

  /// Floats of M from one point to the next, for some channels.
  func productStride(channels: Int) -> Int { channels * productColumns + 16 }

  /// Columns of V from the first output of a block to its last.
  func columns(of block: FastBlock) -> Int {
    let width = blocking.columns(min(blocking.width, output.width - block.x))
    return ((block.z.count - 1) * blocking.rows + block.y.count - 1) * blocking.pitch + width
  }

  /// Columns of the products of all blocks, in whole vectors.
  var productColumnsOfAllBlocks: Int {
    blocking.kinds.reduce(0) { sum, kind in
      sum + kind.count * columns(of: kind.block).roundedUp(to: 16)
    }
  }

  /// Floats of scratch for one worker.
  func scratchCount(_ partition: ForwardPartition) -> Int {
    let m = partition.inputParts > 1 ? outputChannels : partition.outputs
    let count =
      points * (pointStride(channels: partition.inputs) + productStride(channels: m))
    return count.roundedUp(to: 16)
  }

  /// Panels of the output channels.
  var panels: Int { outputChannels.parts(of: panelHeight) }

  /// The output channels of one of `shares` shares: whole panels, as equally many as can be.
  func outputChannels(ofShare share: Int, of shares: Int) -> Range<Int> {
    let mine = panels.share(share, of: shares)
    return mine.lowerBound * panelHeight..<min(outputChannels, mine.upperBound * panelHeight)
  }

  /// Writes the wanted planes of a whole output.
  func forward(
    _ parts: [ChannelStack.Part], weights: FastWeightSource, epilogue: ConvolutionEpilogue,
    into whole: inout Tensor, workspace: inout Workspace
  ) {
    let shape = whole.shape
    whole.withMutablePointer { target in
      parts.withAddresses(batch: shape.batch) { inputs in
        let start = target + firstPlane * shape.height * shape.width
        forward(
          inputs, weights: weights,
          into: ConvolutionTarget(
            outputs: (0..<shape.batch).map {
              DisjointPointer(start + $0 * shape.channels * shape.voxels)
            },
            channelStride: shape.voxels, epilogue: epilogue),
          workspace: &workspace)
      }
    }
  }

  /// Writes the output of one sample or several.
  ///
  /// - Parameters:
  ///   - inputs: For every sample one address per input channel, of plane 0.
  ///   - weights: Those of this convolution.
  ///   - target: Where the outputs go.
  func forward(
    _ inputs: [[SharedPointer<Float>]], weights source: FastWeightSource,
    into target: ConvolutionTarget, workspace: inout Workspace
  ) {
    let partition = ForwardPartition(self)
    let perWorker = scratchCount(partition)
    let threads = Parallel.threadCount
    let scratch: DisjointPointer<Float>
    let weights: FastWeights
    switch source {
    case .prepared(let known):
      weights = known
      scratch = DisjointPointer(workspace.reserve(perWorker * threads))
    case .plain(let weight, let flippedFrom):
      if let few = FewBlocksPartition(self, batch: inputs.count, threads: threads) {
        return forward(
          inputs, few, weight: weight, flippedFrom: flippedFrom, into: target,
          workspace: &workspace)
      }
      scratch = DisjointPointer(workspace.reserve(perWorker * threads + weightCount))
      transform(weight, flippedFrom: flippedFrom, into: scratch + perWorker * threads)
      weights = FastWeights(borrowing: scratch + perWorker * threads, panel: panelHeight)
    }
    let rowOffsets = tapOffsets(channels: partition.inputs, alongX: true)
    let blocks = blocking.blocks.product
    // Few blocks are shared out by output channels too; every sum stays as it is.
    let shares = min(panels, max(1, (2 * threads).parts(of: blocks * inputs.count)))
    Parallel.forEach(inputs.count * blocks * shares) { job, worker in
      let (sample, rest) = (job / (blocks * shares), job % (blocks * shares))
      let block = blocking.block(rest / shares)
      let mine = outputChannels(ofShare: rest % shares, of: shares)
      let v = scratch + worker * perWorker
      let m = v + points * pointStride(channels: partition.inputs)
      for part in 0..<partition.inputParts {
        let read = part * partition.inputs..<min(inputChannels, (part + 1) * partition.inputs)
        transformInput(inputs[sample], channels: read, block: block, into: v)
        let step = partition.inputParts > 1 ? mine.count : partition.outputs
        for first in stride(from: mine.lowerBound, to: mine.upperBound, by: step) {
          let channels = first..<min(mine.upperBound, first + step)
          multiply(
            v, weights, from: read, to: channels, rows: rowOffsets, block: block, into: m)
          guard part == partition.inputParts - 1 else { continue }
          transformOutput(
            m, channels: channels, block: block, of: sample, into: target)
        }
      }
    }
  }

  /// M = U · V of some input and output channels at every point, added to what is there for all but
  /// the first input channels.
  private func multiply(
    _ v: UnsafePointer<Float>, _ weights: FastWeights, from inputs: Range<Int>,
    to channels: Range<Int>, rows: [Int32], block: FastBlock,
    into m: UnsafeMutablePointer<Float>
  ) {
    let vStride = pointStride(channels: inputs.count)
    let mStride = productStride(channels: channels.count)
    let taps = taps.product
    let start = weights.values + channels.lowerBound * depth
    var panels = ck_panels(
      values: start, outputs: channels.count, height: weights.panel, depth: depth)
    rows.withUnsafeBufferPointer { offsets in
      var columns = ck_rows(
        values: v, offsets: offsets.baseAddress, rows: inputs.count * taps,
        count: columns(of: block))
      for point in 0..<points {
        panels.values = start + point * weightStride
        columns.values = v + point * vStride
        kernels.product(
          &panels, inputs.lowerBound * taps, &columns, inputs.lowerBound > 0,
          m + point * mStride, productColumns)
      }
    }
  }

  /// The outputs of a block of a sample from M.
  func transformOutput(
    _ m: UnsafePointer<Float>, channels: Range<Int>, block: FastBlock, of sample: Int,
    into target: ConvolutionTarget
  ) {
    let mStride = productStride(channels: channels.count)
    let width = min(blocking.width, output.width - block.x)
    let streams = outputChannels * output.product > Self.cachedOutputs
    let epilogue = target.epilogue
    withTransforms { z, y, x in
      withLines { lines in
        withUnsafeTemporaryAllocation(
          of: UnsafeMutablePointer<Float>?.self, capacity: tile.depth * tile.height
        ) { rows in
          for channel in channels {
            let base = target.outputs[sample] + channel * target.channelStride
            let bias = epilogue.bias.isEmpty ? 0 : epilogue.bias[channel]
            for unitZ in block.z {
              for unitY in block.y {
                forEachOutputRow(unitZ, unitY, of: block) { rows[$0] = $1.map { base + $0 } }
                let points =
                  m + (channel - channels.lowerBound) * productColumns
                  + column(of: unitZ, unitY, in: block)
                if let lines {
                  kernels.output_line(
                    x, points, mStride, planePoints, blocking.columns(width), lines, lineStride)
                }
                kernels.output_tile(
                  z, y, lines.map { UnsafePointer($0) } ?? points,
                  lines == nil ? mStride : lineStride, width, bias, epilogue.relu, streams,
                  rows.baseAddress)
              }
            }
          }
        }
      }
    }
  }
}
