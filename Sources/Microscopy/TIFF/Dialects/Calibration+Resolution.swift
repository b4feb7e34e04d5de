extension Calibration {
  /// The length of a pixel, in units of the resolution, for `resolution` pixels per unit: the
  /// decimal with the fewest digits that such a file may have meant.
  ///
  /// ImageJ stores pixels per unit in millionths, and libtiff reads them as float32: 0.65 µm comes
  /// back as 1/1.538462. Any length within half a millionth of the resolution (and 10⁻⁶ of it)
  /// would have been stored alike, so the roundest one is the honest reading.
  static func length(resolution: Float?) -> Double? {
    guard let resolution, resolution > 0, resolution.isFinite else { return nil }
    let stored = Double(resolution)
    let tolerance = min(0.5e-6, 1e-6 * stored) + Double(resolution.ulp) / 2
    for digits in 0..<16 {
      let raw = 1 / stored
      let exponent = raw.exponentOfTen - digits
      // Powers of ten are exact up to 10^22, so dividing by them rounds once, to the nearest
      // double.
      let scale = power(10, abs(exponent))
      let length =
        exponent < 0 ? (raw * scale).rounded() / scale : (raw / scale).rounded() * scale
      if length > 0, abs(1 / length - stored) <= tolerance { return length }
    }
    return 1 / stored
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}

extension Double {
  /// The exponent of the leading decimal digit of a positive number.
  fileprivate var exponentOfTen: Int {
    var exponent = 0
    var value = self
    while value >= 10 {
      value /= 10
      exponent += 1
    }
    while value < 1 {
      value *= 10
      exponent -= 1
    }
    return exponent
  }
}
