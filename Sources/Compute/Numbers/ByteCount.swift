/// An amount of memory, written as bytes or with K, M, G or T (powers of 1024): `512M`, `1.5G`.
public struct ByteCount: Hashable, Sendable, CustomStringConvertible {
  /// The number of bytes.
  public var bytes: Int

  /// This many bytes.
  public init(_ bytes: Int) { self.bytes = bytes }

  /// The amount that a text such as `512M` or `1.5G` says; nil where it says none.
  public init?(text written: String) {
    var text = written.uppercased()
    if text.hasSuffix("IB") { text.removeLast(2) } else if text.hasSuffix("B") { text.removeLast() }
    var factor = 1.0
    if let last = text.last, let power = ["K", "M", "G", "T"].firstIndex(of: String(last)) {
      for _ in 0...power { factor *= 1024 }
      text.removeLast()
    }
    while text.last == " " { text.removeLast() }
    guard let number = Double(text), number >= 0, number * factor < 0x1p62 else { return nil }
    bytes = Int(clamped: number * factor)
  }

  /// The amount in the largest unit that divides it: `1536M`.
  public var description: String {
    for (power, unit) in ["T", "G", "M", "K"].enumerated() {
      let factor = 1 << (10 * (4 - power))
      if bytes >= factor, bytes % factor == 0 { return "\(bytes / factor)\(unit)" }
    }
    return "\(bytes)"
  }

  /// Bytes for people: `1.2 GB`.
  public static func rounded(_ bytes: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    let tenths = (value * 10).rounded() / 10
    return value >= 10 || unit == 0
      ? "\(Int(clamped: value.rounded())) \(units[unit])" : "\(tenths) \(units[unit])"
  }
}
