import CKernels
import Compute

/// Weights at the points of a fast convolution, in the order its products read them.
///
/// `[point][panel][input · taps][output of the panel]`: panels of equally many output channels, as
/// the registers hold, the last maybe fewer.
struct FastWeights: Sendable {
  /// The memory, unless it is borrowed from a workspace.
  private let storage: AlignedStorage<Float>?
  let values: SharedPointer<Float>
  /// Output channels of a panel.
  let panel: Int

  /// Weights in memory of their own.
  init(storage: AlignedStorage<Float>, panel: Int) {
    self.storage = storage
    self.panel = panel
    values = SharedPointer(storage.baseAddress)
  }

  /// Weights in memory that outlives them.
  init(borrowing address: UnsafePointer<Float>, panel: Int) {
    storage = nil
    self.panel = panel
    values = SharedPointer(address)
  }

  /// Rows of a panel for this many outputs: panels of equal height, at most what the registers
  /// hold.
  static func panelHeight(outputs: Int) -> Int {
    outputs.parts(of: outputs.parts(of: kernels.product_rows))
  }
}

extension FastConvolution {
  /// Output channels of a panel.
  var panelHeight: Int { FastWeights.panelHeight(outputs: outputChannels) }

  /// Floats from the weights at one point to those at the next: an odd number of cache lines, so
  /// that the points written together do not share cache sets.
  var weightStride: Int { (outputChannels * depth).roundedUpToOddCacheLines }

  /// Floats of the weights at all points.
  var weightCount: Int { points * weightStride }

  /// G w Gᵀ of a weight `[out, in, z, y, x]`, to be kept.
  func weights(of weight: Tensor) -> FastWeights {
    let storage = AlignedStorage<Float>(uninitialized: weightCount)
    transform(weight, into: storage.baseAddress)
    return FastWeights(storage: storage, panel: panelHeight)
  }

  /// Writes G w Gᵀ of a weight `[out, in, z, y, x]`; with `flippedFrom`, of
  /// `[in, out, −z, −y, −x]`, whose convolution is the gradient of the input channels from that one
  /// on.
  func transform(
    _ weight: Tensor, flippedFrom first: Int? = nil, into target: UnsafeMutablePointer<Float>
  ) {
    let (panel, stride) = (panelHeight, weightStride)
    let target = DisjointPointer(target)
    withPlainWeights(weight, flippedFrom: first) { g, source in
      let (g, source) = (SharedPointer(g), SharedPointer(source))
      Parallel.forEach(panels) { index, _ in
        let first = index * panel
        kernels.weight_points(
          g.address, source.address, first, min(panel, outputChannels - first),
          target + first * depth, stride)
      }
    }
  }

  /// The kernels' view of a weight that ``transform(_:flippedFrom:into:)`` takes, and the address
  /// of its first tap.
  func withPlainWeights(
    _ weight: Tensor, flippedFrom first: Int?,
    _ body: (UnsafePointer<ck_weights>, UnsafePointer<Float>) -> Void
  ) {
    let start = first.map { ($0 + 1) * geometry.taps - 1 } ?? 0
    weight.withPointer { source in
      withKernelWeights(flippedOf: first == nil ? nil : weight.shape[1]) {
        body($0, source + start)
      }
    }
  }

  /// The kernels' view of the weights; for flipped ones, of a weight with this many input channels.
  func withKernelWeights<Result>(
    flippedOf channels: Int? = nil, _ body: (UnsafePointer<ck_weights>) -> Result
  ) -> Result {
    func matrix(_ transform: FastTransform?) -> [Float] { transform?.weights ?? [] }
    let taps = geometry.taps
    var g = ck_weights()
    (g.inputs, g.outputs) = (inputChannels, outputChannels)
    g.kernel = (geometry.kernel.depth, geometry.kernel.height, geometry.kernel.width)
    g.points = (z?.points ?? 1, y?.points ?? 1, x?.points ?? 1)
    g.output_stride = channels == nil ? inputChannels * taps : taps
    g.input_stride = channels.map { $0 * taps } ?? taps
    g.tap_stride = channels == nil ? 1 : -1
    return matrix(z).withUnsafeBufferPointer { mz in
      matrix(y).withUnsafeBufferPointer { my in
        matrix(x).withUnsafeBufferPointer { mx in
          g.matrix = (
            z == nil ? nil : mz.baseAddress, y == nil ? nil : my.baseAddress,
            x == nil ? nil : mx.baseAddress
          )
          return withUnsafePointer(to: g, body)
        }
      }
    }
  }
}
