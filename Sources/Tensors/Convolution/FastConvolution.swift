import CKernels
import Compute

/// A convolution of stride 1 through short transforms along some axes, or none, and products that read
/// their columns where they lie.
///
/// For one block of outputs, in memory of its worker:
///
///     V[p][c]   = Bᵀ d B     points of every input channel           (input_tile, input_line)
///     M[p]      = U[p] · V[p], U = G w Gᵀ made beforehand              (product)
///     y         = Aᵀ M A     + bias, ReLU                            (output_line, output_tile)
///
/// The taps along axes without a transform are no copies: the product reads V again at an offset.
/// Jia, Zlateski, Durand and Li (PPoPP 2018) nest such transforms along all axes.
struct FastConvolution: Sendable {
  let geometry: ConvolutionGeometry
  let inputChannels: Int
  let outputChannels: Int
  /// Extents of the whole input, and of the planes of the output that are wanted.
  let input: SpatialAxes
  let output: SpatialAxes
  /// The first plane of the output that is wanted.
  let firstPlane: Int
  /// Outputs per tile along z, y, x; 1 without a transform.
  let tile: SpatialAxes
  let blocking: FastBlocking
  let z: FastTransform?
  let y: FastTransform?
  let x: FastTransform?

  /// nil where the geometry has strides or dilation, a window that is too large, or no such
  /// transforms.
  init?(
    geometry: ConvolutionGeometry, inputChannels: Int, outputChannels: Int, input: SpatialAxes,
    output: SpatialAxes, firstPlane: Int = 0, tile: SpatialAxes
  ) {
    guard Self.takes(geometry, tile: tile) else { return nil }
    self.geometry = geometry
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.input = input
    self.output = output
    self.firstPlane = firstPlane
    self.tile = tile
    z = FastTransform.of(outputs: tile.depth, kernel: geometry.kernel.depth)
    y = FastTransform.of(outputs: tile.height, kernel: geometry.kernel.height)
    x = FastTransform.of(outputs: tile.width, kernel: geometry.kernel.width)
    func share(_ transform: FastTransform?, _ taps: Int) -> Int { transform?.points ?? taps }
    blocking = FastBlocking(
      output: output, tile: tile, kernel: geometry.kernel,
      weights: inputChannels * outputChannels * share(z, geometry.kernel.depth)
        * share(y, geometry.kernel.height) * share(x, geometry.kernel.width))
  }

  /// Whether such a tile exists for a geometry.
  static func takes(_ geometry: ConvolutionGeometry, tile: SpatialAxes) -> Bool {
    guard geometry.stride == 1, geometry.dilation == 1,
      geometry.kernel.allSatisfy({ $0 <= Int(CK_MAX_KERNEL) })
    else { return false }
    func exists(_ outputs: Int, _ kernel: Int) -> Bool {
      outputs == 1 || FastTransform.of(outputs: outputs, kernel: kernel) != nil
    }
    return exists(tile.depth, geometry.kernel.depth)
      && exists(tile.height, geometry.kernel.height) && exists(tile.width, geometry.kernel.width)
  }

  /// Points of the transforms along z and y.
  var planePoints: Int { (z?.points ?? 1) * (y?.points ?? 1) }
  /// Points per column.
  var points: Int { planePoints * (x?.points ?? 1) }
  /// Taps that the product sums over, along z, y, x.
  var taps: SpatialAxes {
    SpatialAxes(
      z == nil ? geometry.kernel.depth : 1, y == nil ? geometry.kernel.height : 1,
      x == nil ? geometry.kernel.width : 1)
  }
  /// Terms of the product's sums.
  var depth: Int { inputChannels * taps.product }

  /// Floats from one point to the next, for some channels; the odd cache line keeps points off each
  /// other's cache sets.
  func pointStride(channels: Int) -> Int { channels * blocking.channelStride + 16 }

  /// Where the taps of every channel lie in V, from the first column on: (c, z, y), and x if asked.
  func tapOffsets(channels: Int, alongX: Bool) -> [Int32] {
    var offsets: [Int32] = []
    for c in 0..<channels {
      for tz in 0..<taps.depth {
        for ty in 0..<taps.height {
          let start = c * blocking.channelStride + (tz * blocking.rows + ty) * blocking.pitch
          for tx in 0..<(alongX ? taps.width : 1) { offsets.append(Int32(start + tx)) }
        }
      }
    }
    return offsets
  }

  /// The first column of a unit of a block, in V and in M.
  func column(of unitZ: Int, _ unitY: Int, in block: FastBlock) -> Int {
    ((unitZ - block.z.lowerBound) * blocking.rows + unitY - block.y.lowerBound) * blocking.pitch
  }

  /// Where the rows of a unit of a block begin in a channel of the output, counted from 0 in the order
  /// of the tile; nil for those that the tile has and the output has not.
  func forEachOutputRow(
    _ unitZ: Int, _ unitY: Int, of block: FastBlock, _ body: (_ row: Int, _ start: Int?) -> Void
  ) {
    for i in 0..<tile.depth {
      for j in 0..<tile.height {
        let (z, y) = (unitZ * tile.depth + i, unitY * tile.height + j)
        let exists = z < output.depth && y < output.height
        body(i * tile.height + j, exists ? (z * output.height + y) * output.width + block.x : nil)
      }
    }
  }

  /// The kernels' view of the transforms along z, y, x.
  func withTransforms(
    _ body: (
      UnsafePointer<ck_transform>, UnsafePointer<ck_transform>, UnsafePointer<ck_transform>
    ) -> Void
  ) {
    withUnsafePointer(to: z?.kernelTransform ?? FastTransform.none) { z in
      withUnsafePointer(to: y?.kernelTransform ?? FastTransform.none) { y in
        withUnsafePointer(to: x?.kernelTransform ?? FastTransform.none) { body(z, y, $0) }
      }
    }
  }

  /// Floats of a row of a unit on its way to or from the points along x, with what whole vectors of
  /// tiles reach past it.
  var lineStride: Int {
    (blocking.width + 16 * tile.width + geometry.kernel.width + 16 + 15) / 16 * 16
  }

  /// Room for the rows of a unit at all points of z and y; none without a transform along x.
  func withLines(_ body: (UnsafeMutablePointer<Float>) -> Void) {
    withUnsafeTemporaryAllocation(
      byteCount: x == nil ? 64 : planePoints * lineStride * MemoryLayout<Float>.stride,
      alignment: 64
    ) { body($0.baseAddress!.assumingMemoryBound(to: Float.self)) }
  }

  /// The points V of channels `channels` of a block, from one address per input channel (its plane
  /// 0, whether or not that plane is there).
  func transformInput(
    _ addresses: [UnsafePointer<Float>], channels: Range<Int>, block: FastBlock,
    into v: UnsafeMutablePointer<Float>
  ) {
    let (nz, ny) = (z?.points ?? 1, y?.points ?? 1)
    let planes = block.z.count + taps.depth - 1
    let tapRows = block.y.count + taps.height - 1
    let outputs = min(blocking.width, output.width - block.x)
    let tiles = blocking.columns(outputs)
    let width = tiles * tile.width + geometry.kernel.width - 1
    let stride = pointStride(channels: channels.count)
    let area = input.height * input.width
    // Planes past those under the windows of wanted outputs may not be there.
    let endZ = min(
      input.depth,
      firstPlane + output.depth + geometry.kernel.depth - 1 - geometry.padding.depth)
    let isAlongX = x != nil
    withTransforms { z, y, x in
      withLines { lines in
        withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: nz * ny) { rows in
          for (slot, channel) in channels.enumerated() {
            let plane0 = addresses[channel]
            // The next channel's rows are asked for while this one's are used.
            let next = channel + 1 < channels.upperBound ? addresses[channel + 1] : plane0
            let ahead =
              (Int(bitPattern: next) - Int(bitPattern: plane0)) / MemoryLayout<Float>.stride
            for plane in 0..<planes {
              let firstZ =
                firstPlane + (block.z.lowerBound + plane) * tile.depth - geometry.padding.depth
              for line in 0..<tapRows {
                let firstY = (block.y.lowerBound + line) * tile.height - geometry.padding.height
                for i in 0..<nz {
                  let inZ = firstZ + i
                  for j in 0..<ny {
                    let inY = firstY + j
                    let isInside = inZ >= 0 && inZ < endZ && inY >= 0 && inY < input.height
                    rows[i * ny + j] = isInside ? plane0 + inZ * area + inY * input.width : nil
                  }
                }
                let target =
                  v + slot * blocking.channelStride + (plane * blocking.rows + line)
                  * blocking.pitch
                kernels.input_tile(
                  z, y, rows.baseAddress, ahead, input.width, block.x - geometry.padding.width,
                  width, isAlongX ? lines : target, isAlongX ? lineStride : stride)
                if isAlongX {
                  kernels.input_line(x, lines, lineStride, nz * ny, tiles, target, stride)
                }
              }
            }
          }
        }
      }
    }
  }
}
