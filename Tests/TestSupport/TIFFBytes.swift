import Foundation

/// TIFF files built byte by byte, right or wrong as a test wants them; little-endian.
public struct TIFFBytes {
  /// A tag of a page.
  public struct Tag {
    /// TIFF's number of the tag.
    public var id: UInt16
    /// TIFF's number of the type: 2 text, 3 SHORT, 4 LONG, 5 RATIONAL (numerator + denominator ·
    /// 2³²), 16 LONG8.
    public var type: UInt16
    /// The values; of text its bytes.
    public var values: [UInt64]
    /// The number of values that the file states, where it lies about them.
    public var statedCount: UInt64?

    /// A tag with its values.
    public init(_ id: UInt16, _ type: UInt16, _ values: [UInt64], statedCount: UInt64? = nil) {
      self.id = id
      self.type = type
      self.values = values
      self.statedCount = statedCount
    }

    var size: Int { [2: 1, 3: 2, 4: 4, 5: 8, 16: 8][type, default: 1] }

    var bytes: [UInt8] {
      values.flatMap { value in (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    }
  }

  /// Whether offsets have 64 bits.
  public var isBig = false
  /// The tags of each page.
  public var pages: [[Tag]]
  /// The bytes behind the header, at ``dataStart``.
  public var data: [UInt8]
  /// The page (from 0) that follows the last one, nil for none.
  public var next: Int?

  /// A file of pages with these tags.
  public init(_ pages: [[Tag]], data: [UInt8] = [], isBig: Bool = false, next: Int? = nil) {
    self.pages = pages
    self.data = data
    self.isBig = isBig
    self.next = next
  }

  /// Where ``data`` begins in a classic file.
  public static let dataStart: UInt64 = 8

  /// The tags of a page of strips; offsets and sizes are those of its strips.
  public static func page(
    width: UInt64, height: UInt64, bits: UInt64 = 8, compression: UInt64 = 1,
    rowsPerStrip: UInt64? = nil, offsets: [UInt64], sizes: [UInt64], description: String? = nil
  ) -> [Tag] {
    var tags = [
      Tag(256, 4, [width]), Tag(257, 4, [height]), Tag(258, 3, [bits]),
      Tag(259, 3, [compression]), Tag(262, 3, [1]), Tag(273, 4, offsets), Tag(277, 3, [1]),
      Tag(278, 4, [rowsPerStrip ?? height]), Tag(279, 4, sizes),
    ]
    if let description { tags.append(Tag(270, 2, description.utf8.map(UInt64.init) + [0])) }
    return tags
  }

  /// The tags of a page of tiles.
  public static func tiledPage(
    width: UInt64, height: UInt64, tile: UInt64, offsets: [UInt64], sizes: [UInt64]
  ) -> [Tag] {
    [
      Tag(256, 4, [width]), Tag(257, 4, [height]), Tag(258, 3, [8]), Tag(259, 3, [1]),
      Tag(262, 3, [1]), Tag(277, 3, [1]), Tag(322, 3, [tile]), Tag(323, 3, [tile]),
      Tag(324, 4, offsets), Tag(325, 4, sizes),
    ]
  }

  /// The bytes of the file.
  public var file: Data {
    var result: [UInt8] = []
    func append(_ value: UInt64, _ size: Int) {
      for i in 0..<size { result.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
    }
    let word = isBig ? 8 : 4
    let header = isBig ? 16 : 8
    func size(_ page: [Tag]) -> Int {
      let values = page.reduce(0) {
        $0 + ($1.bytes.count > word ? ($1.bytes.count + 1) / 2 * 2 : 0)
      }
      return (isBig ? 8 + 20 * page.count + 8 : 2 + 12 * page.count + 4) + values
    }
    var starts: [Int] = []
    var offset = header + (data.count + 1) / 2 * 2
    for page in pages {
      starts.append(offset)
      offset += size(page)
    }
    append(0x4949, 2)
    append(isBig ? 43 : 42, 2)
    if isBig { append(8, 4) }
    append(UInt64(starts.first ?? 0), word)
    result += data + [UInt8](repeating: 0, count: data.count % 2)
    for (index, page) in pages.enumerated() {
      var values: [UInt8] = []
      let start = starts[index] + (isBig ? 8 + 20 * page.count + 8 : 2 + 12 * page.count + 4)
      append(UInt64(page.count), isBig ? 8 : 2)
      for tag in page.sorted(by: { $0.id < $1.id }) {
        let bytes = tag.bytes
        append(UInt64(tag.id), 2)
        append(UInt64(tag.type), 2)
        append(tag.statedCount ?? UInt64(tag.values.count), word)
        if bytes.count <= word {
          result += bytes + [UInt8](repeating: 0, count: word - bytes.count)
        } else {
          append(UInt64(start + values.count), word)
          values += bytes + [UInt8](repeating: 0, count: bytes.count % 2)
        }
      }
      let following = index + 1 < pages.count ? index + 1 : next
      append(following.map { UInt64(starts[$0]) } ?? 0, word)
      result += values
    }
    return Data(result)
  }
}
