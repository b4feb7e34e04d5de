/// An amount of memory, written as bytes or with K, M, G or T (powers of 1024): `512M`, `1.5G`.
public struct ByteCount: ConfigurationScalar, Hashable {
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
    bytes = Int(number * factor)
  }

  package init?(configurationText: String) { self.init(text: configurationText) }

  package var configurationContent: ConfigurationNode.Content {
    for (power, unit) in ["T", "G", "M", "K"].enumerated() {
      let factor = 1 << (10 * (4 - power))
      if bytes >= factor, bytes % factor == 0 { return .plain("\(bytes / factor)\(unit)") }
    }
    return .plain("\(bytes)")
  }

  package static var expectation: String { "an amount of memory such as 512M or 1G" }
}
