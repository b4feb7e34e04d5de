import Foundation

/// Pixels per unit of length, as XResolution or YResolution stores them, and how far the number that
/// was meant may lie from the stored one.
struct PixelDensity: Hashable, Sendable {
  /// Pixels per unit, above 0.
  let value: Double
  private let below: Double
  private let above: Double

  /// A stored fraction; nil where it is not a number above 0.
  ///
  /// - Parameter unit: The unit that the number was cut or rounded to, nil where none is known.
  ///   ImageJ cuts: 0.65 is stored as 1538461/1000000, and 1/0.65 is 1.53846154.
  init?(numerator: UInt64, denominator: UInt64, unit: Double?) {
    guard numerator > 0, denominator > 0 else { return nil }
    value = Double(numerator) / Double(denominator)
    if let unit {
      // Others round to the same unit.
      (below, above) = (unit / 2, unit)
    } else {
      // Of a large denominator the last unit may be missing, and 32-bit floats lose a little; a
      // fraction of a small one is exact.
      let step = 1 / Double(denominator)
      below = step <= 1e-6 * value ? max(step, Self.noise * value) : 0
      above = below
    }
  }

  /// A number that was stored as a float; nil where it is not above 0.
  init?(_ number: Float) {
    guard number > 0, number.isFinite else { return nil }
    value = Double(number)
    below = Self.noise * value
    above = below
  }

  /// What 32-bit floats lose at most, relative to the number.
  private static let noise = 0x1p-24

  /// The length of a pixel in units: of all lengths that would have been stored alike, the decimal
  /// with the fewest digits, and among those the nearest.
  var length: Double {
    let raw = 1 / value
    guard raw.isFinite, raw >= .leastNormalMagnitude else { return raw }
    let slack = 4 * value.ulp
    // The shortest decimals are tried first, in steps of powers of ten.
    let start = Int(floor(log10(raw)))
    for digits in 0..<12 {
      let exponent = start - digits
      guard let length = nearest(raw, exponent, slack) else { continue }
      return length
    }
    return raw
  }

  /// The multiple of 10^exponent nearest to `raw` that would have been stored as this density.
  private func nearest(_ raw: Double, _ exponent: Int, _ slack: Double) -> Double? {
    // Powers of ten are exact up to 10²², and decimals are parsed to the nearest double.
    let count = (raw * pow(10, Double(-exponent))).rounded()
    for candidate in [count, count - 1, count + 1] where candidate >= 1 && candidate < 1e17 {
      guard let length = Double("\(Int(candidate))e\(exponent)"), length > 0 else { continue }
      let density = 1 / length
      if density >= value - below - slack, density <= value + above + slack { return length }
    }
    return nil
  }
}
