import Foundation

/// The learning rate over a training run.
///
/// A step is whatever the caller counts, updates or epochs, as long as all numbers count the same.
/// The value is all there is to a schedule's state: encode it into a checkpoint, decode it to
/// resume.
public struct LearningRateSchedule: Codable, Hashable, Sendable {
  /// How the rate changes.
  public enum Kind: Codable, Hashable, Sendable {
    /// Not at all.
    case constant
    /// Times `factor` every `every` steps (PyTorch's `StepLR`).
    case step(every: Int, factor: Double)
    /// From `base · warmUpStart` linearly to the base over `warmUp` steps, then half a cosine to
    /// `minimum` at the last step's end (PyTorch's `LinearLR`, then `CosineAnnealingLR`;
    /// Loshchilov and Hutter, ICLR 2017, without restarts).
    case cosine(warmUp: Int, warmUpStart: Double, minimum: Double)
    /// The base is the peak: up from `base / startDivisor` over the fraction `rise` of the steps,
    /// down to `base / startDivisor / endDivisor` at the last step, both along half cosines
    /// (Smith and Topin, 2018; PyTorch's `OneCycleLR` in two phases).
    case oneCycle(rise: Double, startDivisor: Double, endDivisor: Double)
    /// base · (1 − step / total)^power (PyTorch's `PolynomialLR`; nnU-Net has power 0.9).
    case polynomial(power: Double)
    /// Lower whenever a metric has stopped improving; ``observe(_:)`` tells it.
    case plateau(ReduceOnPlateau)
  }

  /// The rate that the schedule starts from or rises to.
  public var base: Double
  /// How the rate changes.
  public var kind: Kind

  /// A schedule of this kind.
  public init(base: Double, kind: Kind = .constant) {
    precondition(base >= 0, "a learning rate is not negative: \(base)")
    switch kind {
    case .step(let every, _):
      precondition(every > 0, "a step schedule changes every 1 or more steps, not \(every)")
    case .cosine(let warmUp, let start, _):
      precondition(warmUp >= 0, "a warm-up takes 0 or more steps, not \(warmUp)")
      precondition((0...1).contains(start), "a warm-up starts at 0 to 1 of the base, not \(start)")
    case .oneCycle(let rise, let start, let end):
      precondition((0...1).contains(rise), "one cycle rises for 0 to 1 of the steps, not \(rise)")
      precondition(start > 0 && end > 0, "the divisors of one cycle are above 0: \(start), \(end)")
    case .constant, .polynomial, .plateau: break
    }
    self.base = base
    self.kind = kind
  }

  /// The rate of step `step`, counted from 0, in a run of `total` steps.
  public func rate(at step: Int, of total: Int) -> Double {
    precondition(step >= 0, "steps count from 0, not \(step)")
    switch kind {
    case .constant: return base
    case .step(let every, let factor): return base * pow(factor, Double(step / every))
    case .cosine(let warmUp, let start, let minimum):
      if step < warmUp { return base * (start + (1 - start) * Double(step) / Double(warmUp)) }
      return Self.halfCosine(
        from: base, to: minimum, Self.fraction(Double(step - warmUp), of: Double(total - warmUp)))
    case .oneCycle(let rise, let startDivisor, let endDivisor):
      // PyTorch counts the phases' ends so that the first and the last step are at their extremes.
      let start = base / startDivisor
      let peak = rise * Double(total) - 1
      if Double(step) <= peak {
        return Self.halfCosine(from: start, to: base, Self.fraction(Double(step), of: peak))
      }
      return Self.halfCosine(
        from: base, to: start / endDivisor,
        Self.fraction(Double(step) - peak, of: Double(total - 1) - peak))
    case .polynomial(let power):
      return base * pow(1 - Self.fraction(Double(step), of: Double(total)), power)
    case .plateau(let plateau): return plateau.rate ?? base
    }
  }

  /// Tells a plateau schedule the metric of an epoch; the others know no metric.
  public mutating func observe(_ metric: Double) {
    guard case .plateau(var plateau) = kind else { return }
    plateau.observe(metric, base: base)
    kind = .plateau(plateau)
  }

  /// How much of `whole` has passed, 0 to 1; all of it where `whole` is nothing.
  private static func fraction(_ part: Double, of whole: Double) -> Double {
    whole > 0 ? min(max(part / whole, 0), 1) : 1
  }

  private static func halfCosine(from start: Double, to end: Double, _ fraction: Double) -> Double {
    end + (start - end) * (1 + cos(.pi * fraction)) / 2
  }
}
