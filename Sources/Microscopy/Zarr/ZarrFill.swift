import Foundation

/// The value of chunks that are not there, as `.zarray` and `zarr.json` state it.
enum ZarrFill {
  /// The bytes of a fill value in this machine's byte order, zeros where none is stated; nil if the
  /// type has no such value.
  ///
  /// Whole numbers are exact up to 64 bits. Floats may stand as `"NaN"`, `"Infinity"` and
  /// `"-Infinity"`, and in Zarr 3 as the hexadecimal digits of their bits, `"0x7fc00000"`. What
  /// else counts as a number is what zarr-python 3.1 takes for one.
  static func bytes(of value: Any?, _ type: SampleType, isVersion3: Bool) -> [UInt8]? {
    guard let value else { return [UInt8](repeating: 0, count: type.bits / 8) }
    return switch type {
    case .uint8: integer(value, UInt8.self)
    case .int8: integer(value, Int8.self)
    case .uint16: integer(value, UInt16.self)
    case .int16: integer(value, Int16.self)
    case .uint32: integer(value, UInt32.self)
    case .int32: integer(value, Int32.self)
    case .uint64: integer(value, UInt64.self)
    case .int64: integer(value, Int64.self)
    case .float16, .float32, .float64: float(value, type, isVersion3: isVersion3)
    case .bit, .uint2, .uint4, .uint10, .uint12, .uint14: nil
    }
  }

  private static func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    _ value: Any, _: Value.Type
  ) -> [UInt8]? {
    // The digits themselves: a Double holds no more than 53 bits.
    let text = (value as? String) ?? (value as? NSNumber)?.stringValue ?? ""
    if let number = Value(text) { return bytes(number) }
    guard let number = Double(text), let whole = Value(exactly: number) else { return nil }
    return bytes(whole)
  }

  private static func float(_ value: Any, _ type: SampleType, isVersion3: Bool) -> [UInt8]? {
    guard let text = value as? String else {
      return (value as? NSNumber).map { bytes(of: $0.doubleValue, type) }
    }
    switch text {
    case "NaN": return bytes(of: .nan, type)
    case "Infinity": return bytes(of: .infinity, type)
    case "-Infinity": return bytes(of: -.infinity, type)
    default: break
    }
    guard text.hasPrefix("0x") else {
      return Double(text).flatMap { $0.isFinite ? bytes(of: $0, type) : nil }
    }
    let digits = text.dropFirst(2)
    guard isVersion3, digits.allSatisfy(\.isHexDigit), let bits = UInt64(digits, radix: 16) else {
      return nil
    }
    switch (digits.count, type) {
    case (4, .float16): return bytes(UInt16(truncatingIfNeeded: bits))
    case (8, .float32): return bytes(UInt32(truncatingIfNeeded: bits))
    case (16, .float64): return bytes(bits)
    case (4, _):
      return bytes(of: Double(Float(binary16: UInt16(truncatingIfNeeded: bits))), type)
    case (8, _):
      return bytes(of: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))), type)
    case (16, _): return bytes(of: Double(bitPattern: bits), type)
    default: return nil
    }
  }

  private static func bytes(of value: Double, _ type: SampleType) -> [UInt8] {
    switch type {
    case .float16: bytes(value.binary16)
    case .float32: bytes(Float(value))
    default: bytes(value)
    }
  }

  private static func bytes(_ number: some BitwiseCopyable) -> [UInt8] {
    unsafe withUnsafeBytes(of: number) { unsafe [UInt8]($0) }
  }
}

extension Double {
  /// The nearest IEEE 754 binary16, ties to even; what is too large becomes infinite.
  fileprivate var binary16: UInt16 {
    let sign: UInt16 = self.sign == .minus ? 0x8000 : 0
    if isNaN { return sign | 0x7E00 }
    // Values below 2^-14 are multiples of 2^-24, above they have eleven digits.
    let exponent = Swift.max(isZero || isInfinite ? -14 : Int(self.exponent), -14)
    guard isFinite, exponent <= 15 else { return sign | 0x7C00 }
    let steps = UInt32(
      (magnitude * Double(sign: .plus, exponent: 10 - exponent, significand: 1))
        .rounded(.toNearestOrEven))
    // A carry out of the digits goes into the exponent, as it should.
    let bits = steps < 1024 ? steps : UInt32(exponent + 14) << 10 + steps
    return sign | UInt16(truncatingIfNeeded: bits)
  }
}
