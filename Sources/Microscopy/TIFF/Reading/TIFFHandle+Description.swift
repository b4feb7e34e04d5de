import CTIFF

extension TIFFHandle {
  private static let imageDescription: UInt16 = 270
  private static let xResolution: UInt16 = 282
  private static let yResolution: UInt16 = 283
  private static let predictor: UInt16 = 317

  /// The texts of the current page's ImageDescription that are not blank.
  ///
  /// tifffile and Micro-Manager write several of them, and one may hold several texts, with a zero
  /// after each. They are UTF-8 or else Latin-1, or UTF-16 if they begin as XML in it does.
  var imageDescriptions: [String] {
    entries { $0 == Self.imageDescription }.prefix(8).flatMap { entry -> [String] in
      // Texts; bytes and undefined, which some programs write.
      guard [1, 2, 7].contains(entry.type), let bytes = bytes(of: entry) else { return [] }
      return Self.texts(bytes)
    }.filter { !$0.allSatisfy(\.isWhitespace) }
  }

  /// The texts that bytes hold.
  private static func texts(_ bytes: [UInt8]) -> [String] {
    let wide: [(start: [UInt8], isBigEndian: Bool)] = [
      ([0xFF, 0xFE], false), ([0xFE, 0xFF], true), ([0x3C, 0], false), ([0, 0x3C], true),
    ]
    if let found = wide.first(where: { bytes.starts(with: $0.start) }) {
      let units = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
        let pair = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
        return found.isBigEndian ? pair.0 << 8 | pair.1 : pair.1 << 8 | pair.0
      }
      return [text(String(decoding: units.prefix { $0 != 0 }, as: UTF16.self))]
    }
    return bytes.split(separator: 0, maxSplits: 8).prefix(8).map { part in
      text(
        String(validating: part, as: UTF8.self)
          ?? String(String.UnicodeScalarView(part.map { Unicode.Scalar($0) })))
    }
  }

  /// A text without its byte-order mark.
  private static func text(_ text: String) -> String {
    text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
  }

  /// XResolution, YResolution and ResolutionUnit of the current page.
  var resolution: TIFFResolution {
    let entries = entries { $0 == Self.xResolution || $0 == Self.yResolution }
    func fraction(_ tag: UInt16) -> TIFFResolution.Fraction? {
      guard let entry = entries.first(where: { $0.tag == tag }), entry.type == 5, entry.count > 0,
        entry.position <= fileSize,
        let numerator = integer(at: entry.position, size: 4),
        let denominator = integer(at: entry.position + 4, size: 4)
      else { return nil }
      return TIFFResolution.Fraction(numerator: numerator, denominator: denominator)
    }
    var resolution = TIFFResolution(
      x: fraction(Self.xResolution), y: fraction(Self.yResolution), unit: resolutionUnit)
    func edge(_ tag: UInt16) -> TIFFResolution.Edge? {
      float(Int32(tag)).map { TIFFResolution.Edge(text: "\($0)", density: PixelDensity($0)) }
    }
    resolution.x = resolution.x ?? edge(Self.xResolution)
    resolution.y = resolution.y ?? edge(Self.yResolution)
    return resolution
  }

  /// ResolutionUnit as stated: 1 none, 2 inch, 3 cm.
  private var resolutionUnit: Int? {
    var value: UInt16 = 0
    return unsafe morula_tiff_get_stated_uint16(tiff, UInt32(TIFFTAG_RESOLUTIONUNIT), &value) == 0
      ? nil : Int(value)
  }

  /// Predictor as stated for the current page: 1 none, 2 horizontal differences, 3 floating point.
  var predictor: Int {
    guard let entry = entries(where: { $0 == Self.predictor }).first, entry.type == 3,
      let value = integer(at: entry.position, size: 2)
    else { return 1 }
    return Int(value)
  }
}
