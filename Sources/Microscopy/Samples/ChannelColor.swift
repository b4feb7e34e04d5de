/// A color of 8 bits for red, green and blue.
public struct ChannelColor: Hashable, Sendable {
  /// From 0 to 255.
  public let red: UInt8
  /// From 0 to 255.
  public let green: UInt8
  /// From 0 to 255.
  public let blue: UInt8

  /// A color.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// White, which stands for no color where a format asks for one.
  static let white = ChannelColor(red: 255, green: 255, blue: 255)

  /// The color of `FF8000` or `#FF8000`, as OME-Zarr writes it; nil for other texts.
  init?(hexadecimal text: String) {
    let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
    guard digits.count == 6, digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16)
    else { return nil }
    self.init(rgb: value)
  }

  /// The color of OME-XML's signed number of red, green, blue and alpha.
  init(rgba: Int32) { self.init(rgb: UInt32(bitPattern: rgba) >> 8) }

  private init(rgb: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: rgb >> 16), green: UInt8(truncatingIfNeeded: rgb >> 8),
      blue: UInt8(truncatingIfNeeded: rgb))
  }

  /// As OME-XML writes it, opaque.
  var rgba: Int32 {
    Int32(
      bitPattern: UInt32(red) << 24 | UInt32(green) << 16 | UInt32(blue) << 8 | 255)
  }

  /// Six digits, as OME-Zarr writes it: `FF8000`.
  package var hexadecimal: String {
    [red, green, blue].map { value in
      let digits = String(value, radix: 16, uppercase: true)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
