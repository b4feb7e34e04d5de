import Compute
import Microscopy
import Networks
import Tensors

/// Tensors that benchmarks compute with.
enum BenchmarkTensor {
  /// Numbers drawn evenly from `range`, the same for the same seed on every machine.
  static func noise(
    _ shape: Shape, in range: ClosedRange<Float> = 0...1, seed: UInt64, stream: UInt64 = 0
  ) -> Tensor {
    var generator = SeededGenerator(seed: seed, stream: 0xbe0c, stream)
    var tensor = Tensor(zeros: shape)
    let (lower, width) = (range.lowerBound, range.upperBound - range.lowerBound)
    tensor.withMutableSpan { span in
      for index in span.indices {
        span[index] = lower + width * Float(generator.next() >> 40) * 0x1p-24
      }
    }
    return tensor
  }

  /// 1 where the first channel of an input `[N, C, D, H, W]` is above its mean, else 0:
  /// `[N, 1, D, H, W]`.
  static func target(of input: Tensor) -> Tensor {
    let shape = input.shape
    var target = Tensor(zeros: shape.with(channels: 1))
    input.withSpan { input in
      var sum = 0.0
      for index in input.indices { sum += Double(input[index]) }
      let mean = Float(sum / Double(max(1, input.count)))
      target.withMutableSpan { target in
        for sample in 0..<shape.batch {
          let (from, to) = (sample * shape.channels * shape.voxels, sample * shape.voxels)
          for voxel in 0..<shape.voxels { target[to + voxel] = input[from + voxel] > mean ? 1 : 0 }
        }
      }
    }
    return target
  }

  /// The tensor `name` of a file as an activation `[N, C, D, H, W]`; `[D, H, W]` is one sample of
  /// one channel.
  static func activation(_ name: String, of file: SafeTensors) throws -> Tensor {
    let tensor = try file.tensor(name)
    let shape = tensor.shape
    guard shape.rank == 3 || shape.rank == 5, shape.count > 0 else {
      throw InputError(
        file.source, "tensor `\(name)` is \(shape); expected [D, H, W] or [N, C, D, H, W]")
    }
    return shape.rank == 5 ? tensor : tensor.reshaped(to: Shape([1, 1] + shape.dimensions))
  }
}
