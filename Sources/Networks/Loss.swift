import Tensors

/// A scalar objective of a network's logits.
///
/// Logits are `[N, C, D, H, W]`. With one channel the target is `[N, 1, D, H, W]` with 0, 1 or
/// a probability; with C > 1 channels it is `[N, 1, D, H, W]` with class indices. A negative target
/// marks a voxel to ignore: it adds neither value nor gradient.
public protocol Loss: Sendable {
  /// The value, and its gradient with respect to the logits.
  func callAsFunction(
    _ logits: Tensor, target: Tensor
  ) throws(ShapeError) -> (value: Double, gradient: Tensor)
}
