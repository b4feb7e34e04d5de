import Foundation

/// The logistic function, softplus and softmax in Double, without overflow or cancellation.
enum Logistic {
  /// σ(x) = 1 / (1 + e⁻ˣ), and 1 − σ(x) = σ(−x) to full relative precision.
  static func sigmoid(_ x: Double) -> (value: Double, complement: Double) {
    let e = exp(-abs(x))
    let (large, small) = (1 / (1 + e), e / (1 + e))
    return x >= 0 ? (large, small) : (small, large)
  }

  /// σ(x), σ(−x), ln(1 + eˣ) and ln(1 + e⁻ˣ) from one exponential.
  static func logistic(
    _ x: Double
  ) -> (value: Double, complement: Double, softplus: Double, softplusOfNegative: Double) {
    let e = exp(-abs(x))
    let (large, small, tail) = (1 / (1 + e), e / (1 + e), log1p(e))
    return x >= 0 ? (large, small, x + tail, tail) : (small, large, tail, tail - x)
  }

  /// Replaces logits by their softmax and returns ln Σ eˣ.
  static func softmax(_ values: inout [Double]) -> Double {
    var largest = values[0]
    for value in values where value > largest { largest = value }
    var sum = 0.0
    for channel in values.indices {
      values[channel] = exp(values[channel] - largest)
      sum += values[channel]
    }
    for channel in values.indices { values[channel] /= sum }
    return largest + log(sum)
  }
}
