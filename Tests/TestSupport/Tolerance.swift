import Tensors

/// Tolerances from theory: a float32 sum of `terms` products differs from the exact one by at most
/// `terms · ulp · Σ|a||b|`; blocked and vectorized summation stays far below, so `c · √terms` is
/// used.
public enum Tolerance {
  /// Half the spacing of float32 at 1.
  public static let ulp = Double(Float.ulpOfOne) / 2

  /// The bound on a sum of `terms` products whose magnitudes add up to `magnitude`.
  public static func sum(terms: Int, magnitude: Double, factor: Double = 4) -> Double {
    factor * Double(max(terms, 1)).squareRoot() * ulp * magnitude
  }
}
