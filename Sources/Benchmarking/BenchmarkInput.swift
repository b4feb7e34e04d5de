import Microscopy
import Networks
import Tensors

/// The input of a network in a benchmark.
public struct BenchmarkInput: Sendable {
  /// The input `[N, C, D, H, W]`.
  public let image: Tensor
  /// The target of training, `[N, 1, D, H, W]`: 0 or 1, or class indices.
  public let target: Tensor

  /// Noise from 0 to 1, one sample of one channel, with the voxels above its mean as target.
  public init(noise extents: SpatialAxes, seed: UInt64) {
    image = BenchmarkTensor.noise(
      [1, 1, extents.depth, extents.height, extents.width], seed: seed)
    target = BenchmarkTensor.target(of: image)
  }

  /// The tensors `input` and, if present, `target` of a safetensors file: `[D, H, W]` or
  /// `[N, C, D, H, W]`.
  ///
  /// - Throws: `InputError` or `WeightsError` if the file does not hold them.
  public init(contentsOf path: String) throws {
    let file = try SafeTensors(contentsOf: path)
    image = try BenchmarkTensor.activation("input", of: file)
    guard file.arrays["target"] != nil else {
      target = BenchmarkTensor.target(of: image)
      return
    }
    target = try BenchmarkTensor.activation("target", of: file)
    guard target.shape == image.shape.with(channels: 1) else {
      throw InputError(
        path, "tensor `target` is \(target.shape), which does not fit the input \(image.shape)")
    }
  }

  /// D, H and W.
  public var extents: SpatialAxes { image.shape.extents }
}
