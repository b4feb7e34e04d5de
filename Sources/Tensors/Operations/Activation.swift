import CKernels
import Compute
import Foundation

/// Element-wise non-linearities and their gradients.
///
/// Morula's own networks need none of the gradients: ReLU is part of ``BatchNormalization``, and
/// losses take logits. They are here for networks built on this module, which are trained through
/// them.
public enum Activation {
  private static let chunk = 1 << 16

  /// max(0, x); NaN passes through.
  public static func relu(_ x: Tensor) -> Tensor {
    map(x) { kernels.relu($0, $1, $2) }
  }

  /// The gradient of x from that of `output` = relu(x): zero where the output is not positive.
  public static func reluGradient(_ gradient: Tensor, output: Tensor) -> Tensor {
    zip(gradient, output) { kernels.relu_gradient($0, $1, $2, $3) }
  }

  /// 1 / (1 + e^−x), without overflow for any x.
  public static func sigmoid(_ x: Tensor) -> Tensor {
    map(x) { x, y, count in
      for i in 0..<count {
        let e = exp(-abs(x[i]))
        y[i] = (x[i] >= 0 ? 1 : e) / (1 + e)
      }
    }
  }

  /// The gradient of x from that of `output` = sigmoid(x): g · p · (1 − p).
  public static func sigmoidGradient(_ gradient: Tensor, output: Tensor) -> Tensor {
    zip(gradient, output) { g, p, dx, count in
      for i in 0..<count { dx[i] = g[i] * p[i] * (1 - p[i]) }
    }
  }

  /// Softmax over the channels of `[N, C, D, H, W]`, with the largest subtracted first.
  public static func softmax(_ x: Tensor) throws(ShapeError) -> Tensor {
    try x.shape.requireActivation("channel softmax")
    var result = Tensor(uninitialized: x.shape)
    let (batch, channels, voxels) = (x.shape.batch, x.shape.channels, x.shape.voxels)
    result.withMutablePointer { y in
      x.withPointer { x in
        let (y, x) = (DisjointPointer(y), SharedPointer(x))
        forEachSampleChunk(batch: batch, voxels: voxels) { sample, range in
          for v in range {
            let first = sample * channels * voxels + v
            var largest = x[first]
            for c in 1..<max(1, channels) { largest = max(largest, x[first + c * voxels]) }
            var sum: Float = 0
            for c in 0..<channels {
              let e = exp(x[first + c * voxels] - largest)
              y[first + c * voxels] = e
              sum += e
            }
            for c in 0..<channels { y[first + c * voxels] /= sum }
          }
        }
      }
    }
    return result
  }

  /// The gradient of x from that of `output` = softmax(x): p · (g − Σ g p).
  public static func softmaxGradient(
    _ gradient: Tensor, output: Tensor
  ) throws(ShapeError) -> Tensor {
    try output.shape.requireActivation("channel softmax gradient")
    guard gradient.shape == output.shape else {
      throw ShapeError(
        "channel softmax gradient", expected: "\(output.shape)", found: "\(gradient.shape)")
    }
    var result = Tensor(uninitialized: output.shape)
    let (channels, voxels) = (output.shape.channels, output.shape.voxels)
    result.withMutablePointer { dx in
      output.withPointer { p in
        gradient.withPointer { g in
          let (dx, p, g) = (DisjointPointer(dx), SharedPointer(p), SharedPointer(g))
          forEachSampleChunk(batch: output.shape.batch, voxels: voxels) { sample, range in
            for v in range {
              let first = sample * channels * voxels + v
              var dot: Float = 0
              for c in 0..<channels { dot += g[first + c * voxels] * p[first + c * voxels] }
              for c in 0..<channels {
                let i = first + c * voxels
                dx[i] = p[i] * (g[i] - dot)
              }
            }
          }
        }
      }
    }
    return result
  }

  private static func forEachSampleChunk(
    batch: Int, voxels: Int, _ body: @Sendable (_ sample: Int, _ voxels: Range<Int>) -> Void
  ) {
    let chunks = voxels.parts(of: chunk)
    Parallel.forEach(batch * chunks) { job, _ in
      let start = job % chunks * chunk
      body(job / chunks, start..<min(voxels, start + chunk))
    }
  }

  private static func map(
    _ x: Tensor,
    _ body: @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    var result = Tensor(uninitialized: x.shape)
    let count = x.count
    result.withMutablePointer { y in
      x.withPointer { x in
        let (y, x) = (DisjointPointer(y), SharedPointer(x))
        Parallel.forEachChunk(of: count, size: chunk) { range in
          body(x + range.lowerBound, y + range.lowerBound, range.count)
        }
      }
    }
    return result
  }

  private static func zip(
    _ a: Tensor, _ b: Tensor,
    _ body:
      @Sendable (
        UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int
      ) -> Void
  ) -> Tensor {
    precondition(a.shape == b.shape, "\(a.shape) and \(b.shape) differ")
    var result = Tensor(uninitialized: a.shape)
    let count = a.count
    result.withMutablePointer { y in
      a.withPointer { a in
        b.withPointer { b in
          let (y, a, b) = (DisjointPointer(y), SharedPointer(a), SharedPointer(b))
          Parallel.forEachChunk(of: count, size: chunk) { range in
            let start = range.lowerBound
            body(a + start, b + start, y + start, range.count)
          }
        }
      }
    }
    return result
  }
}
