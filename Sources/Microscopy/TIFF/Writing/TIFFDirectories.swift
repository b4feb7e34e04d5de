import Foundation

/// The bytes of page directories that follow each other in a TIFF or BigTIFF.
struct TIFFDirectories {
  /// A tag with its value.
  enum Entry {
    case short(UInt16, Int)
    case long(UInt16, Int)
    /// An offset or size: 32 bits, in BigTIFF 64.
    case offset(UInt16, UInt64)
    /// Pixels per µm, from the edge of a pixel in µm.
    case inverse(UInt16, of: Double)
    case text(UInt16, String)
    case longs(UInt16, [UInt32])
    case bytes(UInt16, [UInt8])

    var tag: UInt16 {
      switch self {
      case .short(let tag, _), .long(let tag, _), .offset(let tag, _), .inverse(let tag, _),
        .text(let tag, _), .longs(let tag, _), .bytes(let tag, _):
        tag
      }
    }
  }

  /// What was appended and not yet taken.
  private(set) var bytes = Data()
  /// Where in the file the next byte will lie.
  var position: UInt64 { offset + UInt64(bytes.count) }
  private var offset: UInt64
  private let isBig: Bool

  init(offset: UInt64, isBig: Bool) {
    self.offset = offset
    self.isBig = isBig
  }

  /// The bytes, which the caller writes to the file.
  mutating func take() -> Data {
    offset = position
    defer { bytes = Data() }
    return bytes
  }

  /// Directories begin at multiples of a word.
  mutating func align() {
    while position % 8 != 0 { bytes.append(0) }
  }

  /// Appends a directory at an aligned position, with the values that do not fit into it behind it.
  mutating func append(_ entries: [Entry], isLast: Bool) {
    let entries = entries.sorted { $0.tag < $1.tag }
    let inline = isBig ? 8 : 4
    let size = isBig ? 8 + 20 * entries.count + 8 : 2 + 12 * entries.count + 4
    var directory = Data()
    var values = Data()
    // Values behind the directory begin at even offsets.
    let valuesStart = position + UInt64(size + size % 2)
    append(count: entries.count, to: &directory, size: isBig ? 8 : 2)
    for entry in entries {
      let (type, count, value) = encoded(entry)
      directory.append(native: entry.tag)
      directory.append(native: type)
      append(count: count, to: &directory, size: inline)
      if value.count <= inline {
        directory += value + Data(count: inline - value.count)
      } else {
        append(count: Int(valuesStart) + values.count, to: &directory, size: inline)
        values += value + Data(count: value.count % 2)
      }
    }
    let end = valuesStart + UInt64(values.count)
    let next = (end + 7) / 8 * 8
    append(count: isLast ? 0 : Int(next), to: &directory, size: inline)
    directory += Data(count: size % 2)
    bytes += directory + values
    align()
  }

  /// Type, number of values and bytes of an entry.
  private func encoded(_ entry: Entry) -> (type: UInt16, count: Int, value: Data) {
    var data = Data()
    switch entry {
    case .short(_, let value):
      data.append(native: UInt16(value))
      return (3, 1, data)
    case .long(_, let value):
      data.append(native: UInt32(value))
      return (4, 1, data)
    case .offset(_, let value):
      append(count: Int(value), to: &data, size: isBig ? 8 : 4)
      return (isBig ? 16 : 4, 1, data)
    case .inverse(_, let edge):
      let (numerator, denominator) = Self.rational(inverseOf: edge)
      data.append(native: numerator)
      data.append(native: denominator)
      return (5, 1, data)
    case .text(_, let text):
      data = Data(text.utf8) + Data(count: 1)
      return (2, data.count, data)
    case .longs(_, let values):
      for value in values { data.append(native: value) }
      return (4, values.count, data)
    case .bytes(_, let values): return (1, values.count, Data(values))
    }
  }

  /// 1/`edge` as a fraction, exact for edges of up to eight decimals.
  static func rational(inverseOf edge: Double) -> (numerator: UInt32, denominator: UInt32) {
    for numerator in [1e8, 1e6, 1e3, 1] {
      let denominator = (numerator * edge).rounded()
      if denominator <= Double(UInt32.max) {
        if denominator >= 1 { return (UInt32(numerator), UInt32(denominator)) }
        // An edge below 5·10⁻⁹ µm: the fraction of a whole number.
        return (UInt32(min((1 / edge).rounded(), Double(UInt32.max))), 1)
      }
    }
    return (1, UInt32.max)
  }

  private func append(count: Int, to data: inout Data, size: Int) {
    switch size {
    case 2: data.append(native: UInt16(truncatingIfNeeded: count))
    case 4: data.append(native: UInt32(truncatingIfNeeded: count))
    default: data.append(native: UInt64(count))
    }
  }
}

extension Data {
  /// Appends a number in this machine's byte order.
  mutating func append(native value: some FixedWidthInteger & BitwiseCopyable) {
    unsafe Swift.withUnsafeBytes(of: value) { unsafe append(contentsOf: $0) }
  }
}
