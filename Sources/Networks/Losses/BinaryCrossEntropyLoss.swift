import Tensors

/// Binary cross-entropy of one channel's logits, averaged over the voxels that are not ignored:
///
///     L = 1/n Σ [w t ln(1 + e⁻ˣ) + (1 − t) ln(1 + eˣ)]
///
/// with x the logit, t ∈ [0, 1] the target, w the weight of the positive class. Equals PyTorch's
/// `BCEWithLogitsLoss(pos_weight=w)`; no logit over- or underflows.
public struct BinaryCrossEntropyLoss: Loss, Codable, Hashable {
  /// w, above 1 where positives are rare and must not be missed.
  public var positiveWeight: Double

  /// A loss with this weight of the positive class.
  public init(positiveWeight: Double = 1) {
    precondition(positiveWeight >= 0, "a class weight is not negative: \(positiveWeight)")
    self.positiveWeight = positiveWeight
  }

  /// The value and the gradient; 0 and zeros where all voxels are ignored.
  ///
  /// - Parameters:
  ///   - logits: `[N, 1, D, H, W]`.
  ///   - target: `[N, 1, D, H, W]`, 0 to 1, negative to ignore.
  public func callAsFunction(
    _ logits: Tensor, target: Tensor
  ) throws(ShapeError) -> (value: Double, gradient: Tensor) {
    let input = try LossInput("binary cross-entropy", logits: logits, target: target)
    guard logits.shape.channels == 1 else {
      throw ShapeError(
        "binary cross-entropy", expected: "one channel (use cross-entropy for classes)",
        found: "\(logits.shape)")
    }
    guard input.voxels > 0 else { return input.nothing }
    let weight = positiveWeight
    let scale = 1 / Double(input.voxels)
    let (gradient, sums) = input.gradient { block, logits, targets, gradient in
      var sum = 0.0
      for voxel in 0..<block.count {
        let target = Double(targets[block.target(voxel)])
        if target < 0 {
          gradient[voxel] = 0
          continue
        }
        let p = Logistic.logistic(Double(logits[block.logit(voxel)]))
        let (positive, negative) = (weight * target, 1 - target)
        sum += positive * p.softplusOfNegative + negative * p.softplus
        gradient[voxel] = Float(scale * (negative * p.value - positive * p.complement))
      }
      return sum
    }
    return (sums.reduce(0, +) * scale, gradient)
  }
}
