import CKernels
import Compute

/// Sums over samples and voxels, per channel, accumulated in Double in chunks of fixed size and
/// added in their order.
enum Reduction {
  /// Voxels per partial sum.
  static let chunk = 1 << 15

  /// Σ of an activation `[N, C, D, H, W]` over N and the voxels → `[C]`.
  static func channelSums(_ x: Tensor) -> Tensor {
    let voxels = x.shape.voxels
    let sums = x.withPointer { pointer in
      let pointer = SharedPointer(pointer)
      return perChannel(x.shape) { _, offset, count in
        SIMD2(kernels.sum(pointer + offset, count), 0)
      }
    }
    precondition(voxels > 0, "a channel without voxels has no sum")
    return Tensor(sums.map { Float($0.x) }, shape: [x.shape.channels])
  }

  /// For each channel the sum of `partial(channel, offset, count)` over pieces that cover it.
  static func perChannel(
    _ shape: Shape,
    _ partial: @Sendable (_ channel: Int, _ offset: Int, _ count: Int) -> SIMD2<Double>
  ) -> [SIMD2<Double>] {
    let (channels, voxels) = (shape.channels, shape.voxels)
    let chunks = voxels.parts(of: chunk)
    let partials = Parallel.map(shape.batch * channels * chunks) { job in
      let start = job % chunks * chunk
      return partial(
        job / chunks % channels, job / chunks * voxels + start, min(chunk, voxels - start))
    }
    return (0..<channels).map { channel in
      var sum = SIMD2<Double>.zero
      for sample in 0..<shape.batch {
        let first = (sample * channels + channel) * chunks
        for index in first..<first + chunks { sum += partials[index] }
      }
      return sum
    }
  }

  /// Calls `body(channel, offset, count)` for pieces that cover the activation, in parallel.
  static func forEachPiece(
    of shape: Shape, _ body: @Sendable (_ channel: Int, _ offset: Int, _ count: Int) -> Void
  ) {
    let (channels, voxels) = (shape.channels, shape.voxels)
    let chunks = voxels.parts(of: chunk)
    Parallel.forEach(shape.batch * channels * chunks) { job, _ in
      let start = job % chunks * chunk
      body(job / chunks % channels, job / chunks * voxels + start, min(chunk, voxels - start))
    }
  }
}

extension Tensor {
  /// Adds one value per channel to an activation `[N, C, D, H, W]`.
  mutating func add(channels values: Tensor) {
    let (shape, values) = (shape, values.scalars)
    withMutablePointer { pointer in
      let pointer = DisjointPointer(pointer)
      Reduction.forEachPiece(of: shape) { channel, offset, count in
        kernels.scale_shift(pointer + offset, pointer + offset, count, 1, values[channel], false)
      }
    }
  }
}
