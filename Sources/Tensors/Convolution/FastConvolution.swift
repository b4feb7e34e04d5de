import CKernels
import Compute

/// A convolution of stride 1 through short transforms along some axes, or none, and products that
/// read their columns where they lie.
///
/// For one block of outputs, in memory of its worker:
///
///     V[p][c]   = Bᵀ d B     points of every input channel           (input_tile, input_line)
///     M[p]      = U[p] · V[p], U = G w Gᵀ made beforehand              (product)
///     y         = Aᵀ M A     + bias, ReLU                            (output_line, output_tile)
///
/// The taps along axes without a transform are not copied: the product reads V again at an offset.
/// Jia, Zlateski, Durand and Li (PPoPP 2018) nest such transforms along all axes.
struct FastConvolution: Sendable {
  let geometry: ConvolutionGeometry
  let inputChannels: Int
  let outputChannels: Int
  /// Extents of the whole input.
  private(set) var input: SpatialAxes
  /// Extents of the planes of the output that are wanted.
  let output: SpatialAxes
  /// The first plane of the output that is wanted.
  private(set) var firstPlane = 0
  /// Outputs per tile along z, y, x; 1 without a transform.
  let tile: SpatialAxes
  let blocking: FastBlocking
  let z: FastTransform?
  let y: FastTransform?
  let x: FastTransform?

  /// A convolution whose input has the output's extents, from plane 0 on; another input is given by
  /// ``reading(_:firstPlane:)``, as no cost depends on it.
  ///
  /// nil if the geometry has strides or dilation, a window that is too large, or no such
  /// transforms.
  init?(_ problem: ConvolutionProblem, tile: SpatialAxes) {
    let geometry = problem.geometry
    guard Self.takes(geometry, tile: tile) else { return nil }
    self.geometry = geometry
    inputChannels = problem.inputChannels
    outputChannels = problem.outputChannels
    input = problem.output
    output = problem.output
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

  /// The same convolution of an input of these extents, which writes planes of its output from
  /// `firstPlane` on.
  func reading(_ input: SpatialAxes, firstPlane: Int = 0) -> FastConvolution {
    var convolution = self
    (convolution.input, convolution.firstPlane) = (input, firstPlane)
    return convolution
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

  /// Where the rows of a unit of a block begin in a channel of the output, counted from 0 in the
  /// order of the tile; nil for those that the tile has and the output has not.
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
    (blocking.width + 16 * tile.width + geometry.kernel.width + 16).roundedUp(to: 16)
  }

  /// Room for the rows of a unit at all points of z and y; nil without a transform along x.
  func withLines(_ body: (UnsafeMutablePointer<Float>?) -> Void) {
    guard x != nil else { return body(nil) }
    withUnsafeTemporaryAllocation(
      byteCount: planePoints * lineStride * MemoryLayout<Float>.stride, alignment: 64
    ) { body($0.baseAddress?.assumingMemoryBound(to: Float.self)) }
  }
}
