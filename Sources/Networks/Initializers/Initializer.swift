import Compute
import Tensors

/// How the weights and biases of convolutions begin.
///
/// Weights are `[out, in, z, y, x]` for convolutions and `[in, out, z, y, x]` for transposed
/// convolutions. The fan-in is the second extent times the kernel's voxels for both, as PyTorch and
/// Chainer count it. (Of a transposed convolution with stride = kernel every output voxel sums only
/// `in` values; both count `out · z · y · x` there nevertheless, and so the studies did.)
public enum Initializer: String, Codable, Sendable, CaseIterable {
  /// Normal with variance 2 / fan-in, biases zero (He et al., ICCV 2015, equation 10; QCANet).
  case heNormal
  /// Uniform within ±1/√fan-in, weights and biases: PyTorch's default, which is
  /// `kaiming_uniform_(a = √5)` (He's bound √(6 / ((1 + a²) · fan-in))).
  case heUniform
  /// A random matrix with orthonormal rows or columns, whichever are fewer, of the weights as
  /// `[first extent, rest]`; biases zero (Saxe et al., ICLR 2014; PyTorch's `orthogonal_`, gain 1).
  case orthogonal

  /// The inputs of one output: the second extent times the kernel's voxels.
  public static func fanIn(_ shape: Shape) -> Int {
    precondition(shape.rank >= 2, "weights have at least two axes, not \(shape)")
    return shape.dimensions.dropFirst().reduce(1, *)
  }

  /// Random weights, `[out, in, z, y, x]` or `[in, out, z, y, x]`.
  public func weights(
    _ shape: Shape, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let fanIn = Double(Self.fanIn(shape))
    switch self {
    case .heNormal: return Self.normal(shape, deviation: (2 / fanIn).squareRoot(), &generator)
    case .heUniform: return Self.uniform(shape, bound: 1 / fanIn.squareRoot(), &generator)
    case .orthogonal: return Self.orthogonal(shape, &generator)
    }
  }

  /// The biases `[count]` of a layer with these weights.
  public func biases(
    _ count: Int, weights shape: Shape, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    switch self {
    case .heNormal, .orthogonal: Tensor(zeros: [count])
    case .heUniform:
      Self.uniform([count], bound: 1 / Double(Self.fanIn(shape)).squareRoot(), &generator)
    }
  }
}

extension Initializer {
  private static func normal(
    _ shape: Shape, deviation: Double, _ generator: inout some RandomNumberGenerator
  ) -> Tensor {
    var tensor = Tensor(zeros: shape)
    tensor.withMutableSpan { span in
      for index in span.indices { span[index] = Float(deviation * generator.normal()) }
    }
    return tensor
  }

  private static func uniform(
    _ shape: Shape, bound: Double, _ generator: inout some RandomNumberGenerator
  ) -> Tensor {
    var tensor = Tensor(zeros: shape)
    tensor.withMutableSpan { span in
      for index in span.indices { span[index] = Float(generator.uniform(in: -bound...bound)) }
    }
    return tensor
  }

  private static func orthogonal(
    _ shape: Shape, _ generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let (rows, columns) = (shape[0], fanIn(shape))
    var matrix = normal(shape, deviation: 1, &generator)
    if matrix.count == 0 { return matrix }
    // Row after row, `[rows, columns]` is its transpose column after column.
    if rows <= columns {
      matrix.withMutableSpan { LAPACK.orthonormalize(&$0, rows: columns, columns: rows) }
      return matrix
    }
    matrix.withMutableSpan { LAPACK.orthonormalize(&$0, rows: rows, columns: columns) }
    var transposed = Tensor(zeros: shape)
    matrix.withSpan { source in
      transposed.withMutableSpan { target in
        for row in 0..<rows {
          for column in 0..<columns {
            target[row * columns + column] = source[column * rows + row]
          }
        }
      }
    }
    return transposed
  }
}
