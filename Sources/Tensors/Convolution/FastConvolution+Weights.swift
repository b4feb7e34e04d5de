import CKernels
import Compute

/// Weights at the points of a fast convolution, in the order its products read them.
///
/// `[point][panel][input · taps][output of the panel]`: panels of equally many output channels, as the
/// registers hold, the last maybe fewer.
struct FastWeights: Sendable {
  let storage: AlignedStorage<Float>
  /// Output channels of a panel.
  let panel: Int

  var address: UnsafePointer<Float> { UnsafePointer(storage.baseAddress) }

  /// Rows of a panel for this many outputs: panels of equal height, at most what the registers hold.
  static func panelHeight(outputs: Int) -> Int {
    let most = kernels.product_rows
    let panels = (outputs + most - 1) / most
    return (outputs + panels - 1) / panels
  }
}

extension FastConvolution {
  /// Output channels of a panel.
  var panelHeight: Int { FastWeights.panelHeight(outputs: outputChannels) }

  /// Floats from the weights at one point to those at the next: an odd number of cache lines, so that
  /// the points written together do not share cache sets.
  var weightStride: Int { ((outputChannels * depth + 15) / 16 | 1) * 16 }

  /// G w Gᵀ of a weight `[out, in, z, y, x]`; with `flipped`, of `[in, out, −z, −y, −x]`, whose
  /// convolution is the input gradient.
  func weights(of weight: Tensor, flipped: Bool = false) -> FastWeights {
    let panel = panelHeight
    let result = AlignedStorage<Float>(uninitialized: points * weightStride)
    nonisolated(unsafe) let target = result.baseAddress
    let stride = weightStride
    weight.withPointer { source in
      withKernelWeights(flipped: flipped) { g in
        nonisolated(unsafe) let (g, source) = (g, flipped ? source + geometry.taps - 1 : source)
        Parallel.forEach((outputChannels + panel - 1) / panel) { index, _ in
          let first = index * panel
          kernels.weight_points(
            g, source, first, min(panel, outputChannels - first), target + first * depth, stride)
        }
      }
    }
    return FastWeights(storage: result, panel: panel)
  }

  /// The kernels' view of the weights.
  func withKernelWeights<Result>(
    flipped: Bool, _ body: (UnsafePointer<ck_weights>) -> Result
  ) -> Result {
    func matrix(_ transform: FastTransform?) -> [Float] { transform?.weights ?? [] }
    return matrix(z).withUnsafeBufferPointer { mz in
      matrix(y).withUnsafeBufferPointer { my in
        let taps = geometry.taps
        var g = ck_weights()
        (g.inputs, g.outputs) = (inputChannels, outputChannels)
        g.kernel = (geometry.kernel.depth, geometry.kernel.height, geometry.kernel.width)
        g.points = (z?.points ?? 1, y?.points ?? 1, 1)
        g.matrix = (z == nil ? nil : mz.baseAddress, y == nil ? nil : my.baseAddress, nil)
        g.output_stride = flipped ? taps : inputChannels * taps
        g.input_stride = flipped ? outputChannels * taps : taps
        g.tap_stride = flipped ? -1 : 1
        return withUnsafePointer(to: g, body)
      }
    }
  }
}
