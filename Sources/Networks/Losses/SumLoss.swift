import Tensors

/// A weighted sum of two losses on the same logits.
public struct SumLoss<First: Loss, Second: Loss>: Loss {
  /// The first loss.
  public var first: First
  /// The second loss.
  public var second: Second
  /// The factor of the first loss.
  public var firstWeight: Double
  /// The factor of the second loss.
  public var secondWeight: Double

  /// `firstWeight · first + secondWeight · second`.
  public init(
    _ first: First, _ second: Second, firstWeight: Double = 1, secondWeight: Double = 1
  ) {
    self.first = first
    self.second = second
    self.firstWeight = firstWeight
    self.secondWeight = secondWeight
  }

  /// The weighted sum of the values and of the gradients.
  public func callAsFunction(
    _ logits: Tensor, target: Tensor
  ) throws(ShapeError) -> (value: Double, gradient: Tensor) {
    let a = try first(logits, target: target)
    let b = try second(logits, target: target)
    let (aWeight, bWeight) = (Float(firstWeight), Float(secondWeight))
    var gradient = a.gradient
    gradient.blend(aWeight, with: b.gradient, bWeight)
    return (firstWeight * a.value + secondWeight * b.value, gradient)
  }
}

/// Cross-entropy for every voxel, Dice for the object as a whole: `[N, 1, D, H, W]`.
public typealias BinaryCrossEntropyDiceLoss = SumLoss<BinaryCrossEntropyLoss, DiceLoss>
/// The same for the channel softmax: `[N, C, D, H, W]`.
public typealias CrossEntropyDiceLoss = SumLoss<CrossEntropyLoss, DiceLoss>
