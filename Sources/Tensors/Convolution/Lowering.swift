import CKernels
import Compute

/// A convolution lowered to matrix products, in tiles that stay in the cache.
///
/// With K = in · taps and V = D' · H' · W' the three products are
///
///     forward          Y [out × V]  = W [out × K] · X̂ [K × V]
///     weight gradient  Gᵀ [K × out] = X̂ [K × V] · Ŷᵀ [V × out]
///     scatter          X̂ [K × V]    = Wᵀ [K × out] · Y [out × V]
///
/// where X̂ is the im2col matrix. Only a block of channels by a tile of voxels of it exists at a
/// time, one per worker.
struct Lowering {
  let geometry: ConvolutionGeometry
  let batch: Int
  let inputChannels: Int
  let outputChannels: Int
  let input: SpatialAxes
  let output: SpatialAxes
  let tiling: Tiling
  private let kernelGeometry: ck_convolution

  init(
    geometry: ConvolutionGeometry, batch: Int, inputChannels: Int, outputChannels: Int,
    input: SpatialAxes, output: SpatialAxes
  ) {
    self.geometry = geometry
    self.batch = batch
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.input = input
    self.output = output
    kernelGeometry = geometry.kernelGeometry(input: input, output: output)
    tiling = Tiling(
      taps: geometry.taps, inputChannels: inputChannels, outputChannels: outputChannels,
      voxels: output.product, batch: batch)
  }

  private var rows: Int { inputChannels * geometry.taps }

  /// The rows of X̂ of some channels over some voxels: built in `scratch`, or the input itself
  /// if the window is a single voxel.
  private func columns(
    of sample: UnsafePointer<Float>, channels: Range<Int>, voxels: Range<Int>,
    scratch: UnsafeMutablePointer<Float>
  ) -> (UnsafePointer<Float>, stride: Int) {
    let start = sample + channels.lowerBound * input.product
    if geometry.isPointwise { return (start + voxels.lowerBound, input.product) }
    withUnsafePointer(to: kernelGeometry) {
      kernels.im2col(
        $0, start, channels.count, voxels.lowerBound, voxels.count, scratch, voxels.count)
    }
    return (UnsafePointer(scratch), voxels.count)
  }

  /// Y = W · X̂ + bias; jobs are tiles of voxels.
  func forward(
    _ x: Tensor, weight: Tensor, bias: Tensor?, workspace: inout Workspace
  ) -> Tensor {
    GEMM.prepare()
    let (outputs, taps, voxels) = (outputChannels, geometry.taps, output.product)
    var y = Tensor(uninitialized: Shape(batch: batch, channels: outputs, extents: output))
    let perWorker = tiling.columnsCapacity(taps: taps)
    let scratch = DisjointPointer(workspace.reserve(perWorker * Parallel.threadCount))
    y.withMutablePointer { yPointer in
      x.withPointer { xPointer in
        weight.withPointer { wPointer in
          let (y, x, w) = (
            DisjointPointer(yPointer), SharedPointer(xPointer), SharedPointer(wPointer)
          )
          let biases = bias?.scalars
          Parallel.forEach(batch * tiling.tiles) { job, worker in
            let (sample, tile) = (job / tiling.tiles, tiling.tile(job % tiling.tiles))
            let target = y + sample * outputs * voxels + tile.lowerBound
            if let biases {
              for o in 0..<outputs { kernels.fill(target + o * voxels, tile.count, biases[o]) }
            }
            for block in 0..<tiling.channelBlocks {
              let channels = tiling.channels(block)
              let (columns, stride) = self.columns(
                of: x + sample * inputChannels * input.product, channels: channels,
                voxels: tile, scratch: scratch + worker * perWorker)
              // [out × Kb] · [Kb × part] → [out × part]
              let depth = channels.count * taps
              for part in tiling.parts(of: tile.count, m: outputs, k: depth) {
                GEMM.multiply(
                  m: outputs, n: part.count, k: depth,
                  w + channels.lowerBound * taps, stride: rows,
                  columns + part.lowerBound, stride: stride,
                  beta: block == 0 && biases == nil ? 0 : 1,
                  into: target + part.lowerBound, stride: voxels)
              }
            }
          }
        }
      }
    }
    return y
  }

  /// X̂ = Wᵀ · Y, every element added to the input voxel it stands for: the input gradient of any
  /// geometry, and the transposed convolution.
  ///
  /// Jobs own blocks of channels; tiles of voxels too where no two windows overlap.
  func scatter(
    _ y: Tensor, weight: Tensor, bias: Tensor?, workspace: inout Workspace
  ) -> Tensor {
    GEMM.prepare()
    let (outputs, taps, voxels) = (outputChannels, geometry.taps, output.product)
    var x = Tensor(zeros: Shape(batch: batch, channels: inputChannels, extents: input))
    let perWorker = tiling.columnsCapacity(taps: taps)
    let scratch = DisjointPointer(workspace.reserve(perWorker * Parallel.threadCount))
    let tileGroups = geometry.hasDisjointWindows ? tiling.tiles : 1
    let tilesPerGroup = tiling.tiles / tileGroups
    if let bias { x.add(channels: bias) }
    x.withMutablePointer { xPointer in
      y.withPointer { yPointer in
        weight.withPointer { wPointer in
          let (x, y, w) = (
            DisjointPointer(xPointer), SharedPointer(yPointer), SharedPointer(wPointer)
          )
          Parallel.forEach(batch * tiling.channelBlocks * tileGroups) { job, worker in
            let group = job % tileGroups
            let channels = tiling.channels(job / tileGroups % tiling.channelBlocks)
            let sample = job / tileGroups / tiling.channelBlocks
            let columns = scratch + worker * perWorker
            let depth = channels.count * taps
            let target = x + (sample * inputChannels + channels.lowerBound) * input.product
            for index in group * tilesPerGroup..<(group + 1) * tilesPerGroup {
              let tile = tiling.tile(index)
              // [Kb × out] · [out × part] → [Kb × part]
              for part in tiling.parts(of: tile.count, m: depth, k: outputs) {
                GEMM.multiply(
                  m: depth, n: part.count, k: outputs,
                  w + channels.lowerBound * taps, stride: rows, as: .transposed,
                  y + sample * outputs * voxels + tile.lowerBound + part.lowerBound,
                  stride: voxels, beta: 0,
                  into: columns + part.lowerBound, stride: tile.count)
              }
              withUnsafePointer(to: kernelGeometry) {
                kernels.col2im_add(
                  $0, columns, tile.count, channels.count, tile.lowerBound, tile.count, target)
              }
            }
          }
        }
      }
    }
    return x
  }

  /// Gᵀ = X̂ · Ŷᵀ; jobs are blocks of channels × groups of tiles, whose partial sums are added in a
  /// fixed order.
  func weightGradient(
    _ y: Tensor, input x: Tensor, workspace: inout Workspace
  ) -> Tensor {
    GEMM.prepare()
    let (outputs, taps, voxels) = (outputChannels, geometry.taps, output.product)
    let blockCapacity = tiling.channelsPerBlock * taps
    let (groups, tiles) = (tiling.tileGroups, batch * tiling.tiles)
    let partialSize = blockCapacity * outputs
    let columnsSize = tiling.columnsCapacity(taps: taps)
    let perWorker = columnsSize + tiling.tileVoxels * outputs
    let workers = Parallel.threadCount
    let partials = DisjointPointer(
      workspace.reserve(
        tiling.channelBlocks * groups * partialSize + perWorker * workers))
    let scratch = DisjointPointer(partials + tiling.channelBlocks * groups * partialSize)
    var gradient = Tensor(
      uninitialized: [
        outputs, inputChannels, geometry.kernel.depth, geometry.kernel.height,
        geometry.kernel.width,
      ])
    gradient.withMutablePointer { gPointer in
      y.withPointer { yPointer in
        x.withPointer { xPointer in
          let (g, y, x) = (
            DisjointPointer(gPointer), SharedPointer(yPointer), SharedPointer(xPointer)
          )
          Parallel.forEach(tiling.channelBlocks * groups) { job, worker in
            let channels = tiling.channels(job / groups)
            let group = job % groups
            let depth = channels.count * taps
            let partial = partials + job * partialSize
            let columnScratch = scratch + worker * perWorker
            let transposed = columnScratch + columnsSize
            var beta: Float = 0
            for index in tiles.share(group, of: groups) {
              let (sample, tile) = (index / tiling.tiles, tiling.tile(index % tiling.tiles))
              kernels.transpose(
                y + sample * outputs * voxels + tile.lowerBound, outputs, tile.count, voxels,
                transposed, outputs)
              let (columns, stride) = self.columns(
                of: x + sample * inputChannels * input.product, channels: channels,
                voxels: tile, scratch: columnScratch)
              // [Kb × part] · [part × out] → [Kb × out]
              for part in tiling.parts(of: tile.count, m: depth, k: outputs) {
                GEMM.multiply(
                  m: depth, n: outputs, k: part.count,
                  columns + part.lowerBound, stride: stride,
                  transposed + part.lowerBound * outputs, stride: outputs,
                  beta: beta, into: partial, stride: outputs)
                beta = 1
              }
            }
          }
          addPartials(partials, into: g)
        }
      }
    }
    return gradient
  }

  /// Partial sums [Kb × out] of every group, added in order and transposed to [out × K].
  private func addPartials(
    _ partials: DisjointPointer<Float>, into gradient: DisjointPointer<Float>
  ) {
    let (outputs, groups) = (outputChannels, tiling.tileGroups)
    let partialSize = tiling.channelsPerBlock * geometry.taps * outputs
    Parallel.forEach(tiling.channelBlocks) { block, _ in
      let channels = tiling.channels(block)
      let depth = channels.count * geometry.taps
      let first = partials + block * groups * partialSize
      for group in 1..<max(1, groups) {
        kernels.add(first, first + group * partialSize, first, depth * outputs)
      }
      kernels.transpose(
        first, depth, outputs, outputs, gradient + channels.lowerBound * geometry.taps, rows)
    }
  }
}

extension Lowering {
  init(_ problem: ConvolutionProblem, input: SpatialAxes) {
    self.init(
      geometry: problem.geometry, batch: problem.batch, inputChannels: problem.inputChannels,
      outputChannels: problem.outputChannels, input: input, output: problem.output)
  }
}
