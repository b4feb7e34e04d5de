import CKernels
import Compute

/// Max pooling of 2×2×2 windows, stride 2; odd remainders are dropped.
///
/// Of equal voxels the first in z, y, x order wins, as in PyTorch.
public enum MaxPooling {
  /// Which voxel of every window was the largest: one byte per output voxel, 0…7 (4z + 2y + x).
  public struct Indices: Sendable {
    fileprivate let storage: AlignedStorage<UInt8>
    /// The shape that was pooled.
    public let input: Shape
  }

  /// The shape of the output for this input; throws if an axis is shorter than the window.
  public static func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    try input.requireActivation("max pooling 2×2×2")
    guard input.extents.allSatisfy({ $0 >= 2 }) else {
      throw ShapeError(
        "max pooling 2×2×2", expected: "at least 2 voxels on every axis",
        found: "\(input.extents)")
    }
    return Shape(
      batch: input.batch, channels: input.channels, extents: input.extents.map { $0 / 2 })
  }

  /// The pooled `[N, C, D/2, H/2, W/2]`.
  public static func predict(_ input: Tensor) throws(ShapeError) -> Tensor {
    try run(input, indices: nil)
  }

  /// The pooled `[N, C, D/2, H/2, W/2]` and what its gradient needs.
  public static func forward(
    _ input: Tensor
  ) throws(ShapeError) -> (output: Tensor, indices: Indices) {
    let shape = try outputShape(for: input.shape)
    let indices = Indices(storage: AlignedStorage(uninitialized: shape.count), input: input.shape)
    return (try run(input, indices: indices), indices)
  }

  /// The gradient of the input.
  public static func inputGradient(_ gradient: Tensor, indices: Indices) -> Tensor {
    precondition(
      gradient.count == indices.storage.count, "\(gradient.shape) is not what was pooled")
    let input = indices.input
    var result = Tensor(uninitialized: input)
    let pooled = gradient.shape.voxels
    result.withMutablePointer { dx in
      gradient.withPointer { dy in
        let (dx, dy) = (DisjointPointer(dx), SharedPointer(dy))
        Parallel.forEach(input.batch * input.channels) { job, _ in
          kernels.max_pool_gradient(
            dy + job * pooled, indices.storage.baseAddress + job * pooled, input.depth,
            input.height, input.width, dx + job * input.voxels)
        }
      }
    }
    return result
  }

  /// Adds the gradient of the input to `sum`, which has the shape that was pooled.
  public static func addInputGradient(
    _ gradient: Tensor, indices: Indices, to sum: inout Tensor
  ) {
    let input = indices.input
    precondition(
      gradient.count == indices.storage.count && sum.shape == input,
      "\(gradient.shape) is not what was pooled from \(sum.shape)")
    let pooled = gradient.shape.voxels
    sum.withMutablePointer { dx in
      gradient.withPointer { dy in
        let (dx, dy) = (DisjointPointer(dx), SharedPointer(dy))
        Parallel.forEach(input.batch * input.channels) { job, _ in
          kernels.max_pool_gradient_add(
            dy + job * pooled, indices.storage.baseAddress + job * pooled, input.depth,
            input.height, input.width, dx + job * input.voxels)
        }
      }
    }
  }

  private static func run(_ input: Tensor, indices: Indices?) throws(ShapeError) -> Tensor {
    let output = try outputShape(for: input.shape)
    let shape = input.shape
    var result = Tensor(uninitialized: output)
    result.withMutablePointer { y in
      input.withPointer { x in
        let (y, x) = (DisjointPointer(y), SharedPointer(x))
        // A job is one pair of planes of one channel.
        Parallel.forEach(shape.batch * shape.channels * output.depth) { job, _ in
          let (channel, plane) = (job / output.depth, job % output.depth)
          let area = shape.height * shape.width
          let offset = channel * output.voxels + plane * output.height * output.width
          kernels.max_pool(
            x + channel * shape.voxels + 2 * plane * area, 2, shape.height, shape.width,
            y + offset, indices.map { $0.storage.baseAddress + offset })
        }
      }
    }
    return result
  }
}
