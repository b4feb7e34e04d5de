extension FixedWidthInteger {
  /// A number without its fraction, as `Int(_:)`, but within the range of the type for every
  /// number: the largest for +∞, the smallest for −∞, 0 for NaN.
  ///
  /// `Int(_:)` ends the process for these. All conversions from floating point go through here.
  @inlinable
  package init<Number: BinaryFloatingPoint>(clamped value: Number) {
    let bits = Self.bitWidth - (Self.isSigned ? 1 : 0)
    let end = Number(sign: .plus, exponent: Number.Exponent(bits), significand: 1)
    if value < end, Self.isSigned ? value >= -end : value > -1 {
      self = Self(value)
    } else {
      self = value > 0 ? .max : value < 0 ? .min : 0
    }
  }
}
