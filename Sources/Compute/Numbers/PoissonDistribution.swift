import Foundation

extension RandomNumberGenerator {
  /// A Poisson deviate.
  ///
  /// Below mean 10 by multiplying uniforms (Knuth), above by transformed rejection (Hörmann, "The
  /// transformed rejection method for generating Poisson random variables", 1993, algorithm PTRS).
  package mutating func poisson(mean: Double) -> Int {
    guard mean > 0 else { return 0 }
    if mean < 10 {
      let limit = exp(-mean)
      var product = uniform()
      var count = 0
      while product > limit {
        count += 1
        product *= uniform()
      }
      return count
    }
    let b = 0.931 + 2.53 * mean.squareRoot()
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let vr = 0.9277 - 3.6224 / (b - 2)
    while true {
      let u = uniform() - 0.5
      let v = 1 - uniform()  // in (0, 1], for the logarithm
      let us = 0.5 - abs(u)
      let k = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
      if us >= 0.07, v <= vr { return Int(clamped: k) }
      if k < 0 || (us < 0.013 && v > us) { continue }
      let bound = k * log(mean) - mean - logGamma(k + 1)
      if log(v * inverseAlpha / (a / (us * us) + b)) <= bound { return Int(clamped: k) }
    }
  }

  /// ln Γ(x) for x ≥ 1 by Stirling's series after a shift to x ≥ 10; error below 1e-13 relative.
  private func logGamma(_ x: Double) -> Double {
    var x = x
    var shift = 0.0
    while x < 10 {
      shift += log(x)
      x += 1
    }
    let r = 1 / (x * x)
    let series =
      (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r / 1188)))) / x
    return (x - 0.5) * log(x) - x + 0.5 * log(2 * .pi) + series - shift
  }
}
