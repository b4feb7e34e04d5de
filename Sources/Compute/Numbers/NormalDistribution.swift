import Foundation

extension RandomNumberGenerator {
  /// A standard normal deviate (Box–Muller; one deviate per call, so the stream has no hidden
  /// state).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
