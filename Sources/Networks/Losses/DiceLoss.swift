import Compute
import Tensors

/// One minus the soft Dice overlap of probabilities p and targets t:
///
///     L = 1 − (2 Σpt + s) / (Σp + Σt + s)      Denominator.sum
///     L = 1 − (2 Σpt + s) / (Σp² + Σt² + s)    Denominator.squares (Milletari et al., V-Net, 2016)
///
/// With one channel p is the sigmoid of the logits; with more it is their channel softmax, t is the
/// one-hot target, and L is the mean over the classes, background included. Voxels to ignore
/// enter no sum. Where a denominator is 0 the term is 0 and has no gradient.
public struct DiceLoss: Loss, Codable, Hashable {
  /// What the overlap is divided by.
  public enum Denominator: String, Codable, Sendable, CaseIterable {
    /// Σp + Σt.
    case sum
    /// Σp² + Σt².
    case squares
  }

  /// Which voxels share the sums.
  public enum Grouping: String, Codable, Sendable, CaseIterable {
    /// All voxels of the batch: a sample counts by the size of its objects. Both studies do this.
    case batch
    /// Those of one sample; L is the mean over the samples.
    case sample
  }

  /// What the overlap is divided by.
  public var denominator: Denominator
  /// s, which defines the loss of empty targets.
  public var smoothing: Double
  /// Which voxels share the sums.
  public var grouping: Grouping

  /// A loss of this form.
  public init(denominator: Denominator, smoothing: Double, grouping: Grouping = .batch) {
    precondition(smoothing >= 0, "a smoothing is not negative: \(smoothing)")
    self.denominator = denominator
    self.smoothing = smoothing
    self.grouping = grouping
  }

  /// The reproduction's and QCANet's PyTorch branch: plain sums, s = 1, over the batch.
  public static let reproduction = DiceLoss(denominator: .sum, smoothing: 1)
  /// QCANet's Chainer branch: squares, s = 10⁻⁷, over the batch, mean over classes.
  public static let original = DiceLoss(denominator: .squares, smoothing: 1e-7)

  /// The value and the gradient; 0 and zeros where all voxels are ignored.
  ///
  /// - Parameters:
  ///   - logits: `[N, C, D, H, W]`.
  ///   - target: `[N, 1, D, H, W]`, 0 to 1 with one channel, else class indices; negative to
  ///     ignore.
  public func callAsFunction(
    _ logits: Tensor, target: Tensor
  ) throws(ShapeError) -> (value: Double, gradient: Tensor) {
    let input = try LossInput("Dice loss", logits: logits, target: target)
    guard input.voxels > 0 else { return input.nothing }
    let isBinary = logits.shape.channels == 1
    let terms = terms(input, sums: isBinary ? binarySums(input) : classSums(input))
    let value = terms.reduce(0) { $0 + $1.value } / Double(terms.count)
    let gradient = isBinary ? binaryGradient(input, terms) : classGradient(input, terms)
    return (value, gradient)
  }
}

extension DiceLoss {
  /// The sums of one class over one block or group.
  fileprivate struct Sums: Sendable {
    var overlap = 0.0
    var magnitude = 0.0
  }

  /// The loss of one class in one group, with dL/dp = a t + b p + c.
  fileprivate struct Term: Sendable {
    var value = 0.0
    var a = 0.0
    var b = 0.0
    var c = 0.0

    func slope(p: Double, t: Double) -> Double { a * t + b * p + c }
  }

  /// The term of each group and class, groups first; gradients scaled by the number of terms.
  private func terms(_ input: LossInput, sums: [[Sums]]) -> [Term] {
    let (samples, classes) = (input.logits.shape.batch, input.logits.shape.channels)
    let groups = grouping == .batch ? 1 : samples
    let blocksPerGroup = sums.count / groups
    var terms: [Term] = []
    for group in 0..<groups {
      for label in 0..<classes {
        var total = Sums()
        for block in group * blocksPerGroup..<(group + 1) * blocksPerGroup {
          total.overlap += sums[block][label].overlap
          total.magnitude += sums[block][label].magnitude
        }
        let (overlap, bottom) = (2 * total.overlap + smoothing, total.magnitude + smoothing)
        guard bottom != 0 else {
          terms.append(Term())
          continue
        }
        // d(1 − overlap / bottom) = −2t / bottom + overlap / bottom² · d(bottom)
        let scale = 1 / Double(groups * classes)
        var term = Term(value: 1 - overlap / bottom, a: -2 * scale / bottom)
        let slope = scale * overlap / bottom / bottom
        switch denominator {
        case .sum: term.c = slope
        case .squares: term.b = 2 * slope
        }
        terms.append(term)
      }
    }
    return terms
  }

  private func magnitude(_ p: Double, _ t: Double) -> Double {
    switch denominator {
    case .sum: p + t
    case .squares: p * p + t * t
    }
  }

  private func binarySums(_ input: LossInput) -> [[Sums]] {
    input.map { block, logits, targets in
      var sums = Sums()
      for voxel in 0..<block.count {
        let t = Double(targets[block.target(voxel)])
        if t < 0 { continue }
        let p = Logistic.sigmoid(Double(logits[block.logit(voxel)])).value
        sums.overlap += p * t
        sums.magnitude += magnitude(p, t)
      }
      return [sums]
    }
  }

  private func classSums(_ input: LossInput) -> [[Sums]] {
    let classes = input.logits.shape.channels
    return input.map { block, logits, targets in
      var sums = Array(repeating: Sums(), count: classes)
      var p = Array(repeating: 0.0, count: classes)
      for voxel in 0..<block.count {
        let target = targets[block.target(voxel)]
        if target < 0 { continue }
        for channel in 0..<classes {
          p[channel] = Double(logits[block.logit(voxel, channel: channel)])
        }
        _ = Logistic.softmax(&p)
        let label = Int(clamped: target)
        sums[label].overlap += p[label]
        for channel in 0..<classes {
          sums[channel].magnitude += magnitude(p[channel], channel == label ? 1 : 0)
        }
      }
      return sums
    }
  }

  private func binaryGradient(_ input: LossInput, _ terms: [Term]) -> Tensor {
    input.gradient { block, logits, targets, gradient in
      let term = terms[grouping == .batch ? 0 : block.sample]
      for voxel in 0..<block.count {
        let t = Double(targets[block.target(voxel)])
        if t < 0 {
          gradient[voxel] = 0
          continue
        }
        let p = Logistic.sigmoid(Double(logits[block.logit(voxel)]))
        gradient[voxel] = Float(term.slope(p: p.value, t: t) * p.value * p.complement)
      }
    }.gradient
  }

  private func classGradient(_ input: LossInput, _ terms: [Term]) -> Tensor {
    let classes = input.logits.shape.channels
    return input.gradient { block, logits, targets, gradient in
      let first = grouping == .batch ? 0 : block.sample * classes
      var p = Array(repeating: 0.0, count: classes)
      var slopes = p
      for voxel in 0..<block.count {
        let target = targets[block.target(voxel)]
        if target < 0 {
          for channel in 0..<classes { gradient[channel * block.count + voxel] = 0 }
          continue
        }
        for channel in 0..<classes {
          p[channel] = Double(logits[block.logit(voxel, channel: channel)])
        }
        _ = Logistic.softmax(&p)
        let label = Int(clamped: target)
        for channel in 0..<classes {
          slopes[channel] = terms[first + channel].slope(
            p: p[channel], t: channel == label ? 1 : 0)
        }
        // dL/dx[c] = p[c] Σ p[j] (g[c] − g[j]), which does not cancel where p is near 0 or 1.
        for channel in 0..<classes {
          var sum = 0.0
          for other in 0..<classes { sum += p[other] * (slopes[channel] - slopes[other]) }
          gradient[channel * block.count + voxel] = Float(p[channel] * sum)
        }
      }
    }.gradient
  }
}
