import Compute
import Testing

/// Conversions that end in a number for every number.
@Suite struct ClampingTests {
  @Test func ints() {
    for (value, expected) in [
      (0, 0), (2.9, 2), (-2.9, -2), (0x1p62, 1 << 62), (0x1p63, Int.max), (1e300, Int.max),
      (-0x1p63, Int.min), (-1e300, Int.min), (.infinity, Int.max), (-.infinity, Int.min), (.nan, 0),
    ] as [(Double, Int)] {
      #expect(Int(clamped: value) == expected, "\(value)")
    }
    #expect(Int(clamped: Float(1e30)) == .max && Int(clamped: Float(-7.5)) == -7)
  }

  @Test func smallTypes() {
    #expect(UInt8(clamped: 255.9) == 255 && UInt8(clamped: 256.0) == 255)
    #expect(
      UInt8(clamped: -0.9) == 0 && UInt8(clamped: -1.0) == 0 && UInt8(clamped: Double.nan) == 0)
    #expect(Int8(clamped: -128.0) == -128 && Int8(clamped: -129.0) == -128)
    #expect(UInt64(clamped: 1e30) == .max && UInt64(clamped: 1e18) == 1_000_000_000_000_000_000)
  }
}
