import Foundation

/// What ImageJ keeps beside its description, in the tags 50838 and 50839: a label for each plane,
/// and a color table for each channel.
///
/// The second tag holds blocks of bytes, whose lengths the first one lists. The first block is a
/// table of contents: a signature, then the kind and the number of the blocks that follow. ImageJ's
/// `TiffEncoder` writes it, tifffile too.
struct ImageJMetadata: Hashable {
  /// The labels of the planes in the order of the pages; fewer than there are planes, or none.
  var labels: [String] = []
  /// The color tables: 256 values each of red, green and blue.
  var tables: [[UInt8]] = []

  init() {}

  /// The blocks; nil if they are not ImageJ's.
  init?(lengths: [UInt32], bytes: [UInt8]) {
    guard let first = lengths.first, first >= 12, first % 8 == 4, first <= bytes.count,
      bytes.count >= 4
    else { return nil }
    // Texts and numbers are in the order of the bytes of the file, and the signature tells.
    let isBig: Bool
    switch bytes[..<4] {
    case Self.signature[...]: isBig = true
    case Self.signature.reversed()[...]: isBig = false
    default: return nil
    }
    var position = Int(first)
    var block = 1
    for entry in stride(from: 4, to: Int(first), by: 8) {
      let code = bytes[entry..<entry + 4]
      let kind = isBig ? Array(code) : code.reversed()
      let count = Self.number(bytes[entry + 4..<entry + 8], isBig: isBig)
      for _ in 0..<count {
        guard block < lengths.count, Int(lengths[block]) <= bytes.count - position else { return }
        let content = Array(bytes[position..<position + Int(lengths[block])])
        position += content.count
        block += 1
        switch kind {
        case Self.labelCode:
          labels.append(
            String(data: Data(content), encoding: isBig ? .utf16BigEndian : .utf16LittleEndian)
              ?? "")
        case Self.tableCode where content.count == 768: tables.append(content)
        default: break
        }
      }
    }
  }

  /// The blocks of names and colors of the channels of a stack; nil if none are known.
  init?(_ channels: [ImageChannel], planes: Int) {
    if channels.contains(where: { $0.name != nil }) {
      labels = (0..<planes).map { channels[$0 % channels.count].name ?? "" }
    }
    if channels.contains(where: { $0.color != nil }) {
      tables = channels.map { Self.table($0.color ?? .white) }
    }
    if labels.isEmpty, tables.isEmpty { return nil }
  }

  /// What is said about the channels, the fastest axis of the planes; empty where nothing is.
  ///
  /// A channel has a name if all of its planes that have a label have the same one. A color table
  /// that does not rise evenly from black has no color.
  func channels(_ count: Int) -> [ImageChannel] {
    guard count > 0, count <= 4096, labels.count > 1 || count > 1 || !tables.isEmpty else {
      return []
    }
    let channels = (0..<count).map { channel in
      let names = Set(stride(from: channel, to: labels.count, by: count).map { labels[$0] })
      return ImageChannel(
        name: names.count == 1 ? names.first : nil,
        color: tables.count == count ? Self.color(tables[channel]) : nil)
    }
    return channels.allSatisfy(\.isUnknown) ? [] : channels
  }

  /// The lengths and the bytes of the blocks, in this machine's order.
  var blocks: (lengths: [UInt32], bytes: [UInt8]) {
    let isBig = 1.littleEndian != 1
    var header = isBig ? Self.signature : Self.signature.reversed()
    var blocks: [[UInt8]] = []
    for (code, contents) in [
      (Self.labelCode, labels.map { Self.utf16($0) }), (Self.tableCode, tables),
    ] where !contents.isEmpty {
      header += isBig ? code : code.reversed()
      header += Self.bytes(UInt32(contents.count))
      blocks += contents
    }
    blocks.insert(header, at: 0)
    return (blocks.map { UInt32($0.count) }, blocks.flatMap { $0 })
  }

  private static let signature = [UInt8]("IJIJ".utf8)
  private static let labelCode = [UInt8]("labl".utf8)
  private static let tableCode = [UInt8]("luts".utf8)

  private static func number(_ bytes: ArraySlice<UInt8>, isBig: Bool) -> UInt32 {
    (isBig ? Array(bytes) : bytes.reversed()).reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func utf16(_ text: String) -> [UInt8] { text.utf16.flatMap(bytes) }

  private static func bytes(_ number: some BitwiseCopyable) -> [UInt8] {
    unsafe withUnsafeBytes(of: number) { unsafe [UInt8]($0) }
  }

  /// From black to a color.
  private static func table(_ color: ChannelColor) -> [UInt8] {
    [color.red, color.green, color.blue].flatMap { top in
      (0..<256).map { UInt8(($0 * Int(top) + 127) / 255) }
    }
  }

  /// The color that a table rises to, nil where it does anything else.
  private static func color(_ table: [UInt8]) -> ChannelColor? {
    for part in 0..<3 {
      let top = Int(table[256 * part + 255])
      for i in 0..<256 where abs(Int(table[256 * part + i]) - (i * top + 127) / 255) > 1 {
        return nil
      }
    }
    return ChannelColor(red: table[255], green: table[511], blue: table[767])
  }
}
