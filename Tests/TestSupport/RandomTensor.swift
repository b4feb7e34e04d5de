import Compute
import Tensors

extension Tensor {
  /// Standard normal elements.
  public static func normal(
    _ shape: Shape, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    Tensor((0..<shape.count).map { _ in Float(generator.normal()) }, shape: shape)
  }

  /// The absolute values.
  public var magnitudes: Tensor { Tensor(scalars.map(abs), shape: shape) }

  /// The bits of every element, to compare results that must be identical.
  public var bits: [UInt32] { scalars.map(\.bitPattern) }

  /// Whether shape and bits are equal.
  public func isIdentical(to other: Tensor) -> Bool { shape == other.shape && bits == other.bits }

  /// Σ a b over all elements, in Double.
  public func dot(_ other: Tensor) -> Double {
    zip(scalars, other.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  /// Every element multiplied by `step` and added.
  public func adding(_ other: Tensor, times step: Double) -> Tensor {
    Tensor(
      zip(scalars, other.scalars).map { Float(Double($0) + step * Double($1)) }, shape: shape)
  }
}

extension Shape {
  /// An activation `[N, C, D, H, W]` of these extents.
  public static func activation(batch: Int, channels: Int, extents: SpatialAxes) -> Shape {
    Shape(
      batch: batch, channels: channels, depth: extents.depth, height: extents.height,
      width: extents.width)
  }
}

/// Whether `body` gives equal results with 1, 2 and 3 threads.
public func isEqualForAnyThreadCount<Result: Equatable>(
  _ body: () throws -> Result
) rethrows -> Bool {
  let runs = try [1, 2, 3].map { threads in
    try Parallel.$threads.withValue(threads, operation: body)
  }
  return runs.dropFirst().allSatisfy { $0 == runs[0] }
}
