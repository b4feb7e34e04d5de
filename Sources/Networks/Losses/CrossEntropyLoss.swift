import Compute
import Tensors

/// Cross-entropy of the channel softmax, averaged over the voxels that are not ignored:
///
///     L = −Σ w[y] ln p[y] / Σ w[y]
///
/// with y a voxel's class and p the softmax of its logits. Equals PyTorch's
/// `CrossEntropyLoss(weight=w)` with its weighted mean.
public struct CrossEntropyLoss: Loss, Codable, Hashable {
  /// w, one per class; nil for equal weights.
  public var classWeights: [Double]?

  /// A loss with these weights.
  public init(classWeights: [Double]? = nil) {
    precondition(
      classWeights?.allSatisfy { $0 >= 0 } ?? true,
      "class weights are not negative: \(classWeights ?? [])")
    self.classWeights = classWeights
  }

  /// The value and the gradient; 0 and zeros where the voxels' weights add up to 0.
  ///
  /// - Parameters:
  ///   - logits: `[N, C, D, H, W]` with C at least 2.
  ///   - target: `[N, 1, D, H, W]`, class indices, negative to ignore.
  public func callAsFunction(
    _ logits: Tensor, target: Tensor
  ) throws(ShapeError) -> (value: Double, gradient: Tensor) {
    let input = try LossInput("cross-entropy", logits: logits, target: target)
    let classes = logits.shape.channels
    guard classes > 1 else {
      throw ShapeError(
        "cross-entropy", expected: "two or more channels (use binary cross-entropy for one)",
        found: "\(logits.shape)")
    }
    let weights = classWeights ?? Array(repeating: 1, count: classes)
    guard weights.count == classes else {
      throw ShapeError(
        "cross-entropy", expected: "\(weights.count.counted("channel")), one per class weight",
        found: "\(logits.shape)")
    }
    let total = zip(weights, input.classCounts).reduce(0) { $0 + $1.0 * Double($1.1) }
    guard total > 0 else { return input.nothing }
    let (gradient, sums) = input.gradient { block, logits, targets, gradient in
      var sum = 0.0
      var p = Array(repeating: 0.0, count: classes)
      for voxel in 0..<block.count {
        let target = targets[block.target(voxel)]
        if target < 0 {
          for channel in 0..<classes { gradient[channel * block.count + voxel] = 0 }
          continue
        }
        for channel in 0..<classes {
          p[channel] = Double(logits[block.logit(voxel, channel: channel)])
        }
        let label = Int(clamped: target)
        let logit = p[label]
        let weight = weights[label]
        sum += weight * (Logistic.softmax(&p) - logit)
        for channel in 0..<classes where channel != label {
          gradient[channel * block.count + voxel] = Float(weight / total * p[channel])
        }
        // p[y] − 1 as the negative sum of the others, which does not cancel where p[y] is near 1.
        p[label] = 0
        gradient[label * block.count + voxel] = Float(-weight / total * p.reduce(0, +))
      }
      return sum
    }
    return (sums.reduce(0, +) / total, gradient)
  }
}
