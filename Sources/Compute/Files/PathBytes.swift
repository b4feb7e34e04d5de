/// Names of files are bytes, and not all of them are UTF-8. A path is a `String` all the same: bytes
/// that are not UTF-8 stand in it as characters of their own, U+10FE80 for the byte 80 to U+10FEFF
/// for FF, of the last private plane.
///
/// The mapping is reversible. A name that holds one of these characters in UTF-8 (nobody's does) is
/// mapped byte by byte, as if it were not UTF-8, so that every name has one text and every such text
/// one name. Every call of the system goes by `pathBytes` or `withPathBytes`; terminals and
/// tables show the bytes as `\xB5` (`visible`).
extension String {
  /// The path that the system spells with these bytes, which do not end in a zero.
  package init(pathBytes bytes: some Collection<UInt8>) {
    if let text = String(validating: bytes, as: UTF8.self),
      text.unicodeScalars.allSatisfy({ $0.byteOfPath == nil })
    {
      self = text
      return
    }
    var text = String.UnicodeScalarView()
    var rest = Array(bytes)[...]
    while let first = rest.first {
      let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      if let scalar = String(validating: rest.prefix(length), as: UTF8.self)?.unicodeScalars.first,
        scalar.byteOfPath == nil
      {
        text.append(scalar)
        rest = rest.dropFirst(length)
      } else {
        text.append(Unicode.Scalar(pathByte: first))
        rest = rest.dropFirst()
      }
    }
    self = String(text)
  }

  /// The bytes by which the system knows the path.
  package var pathBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count)
    for scalar in unicodeScalars {
      if let byte = scalar.byteOfPath {
        bytes.append(byte)
      } else {
        bytes.append(contentsOf: Unicode.UTF8.encode(scalar)!)
      }
    }
    return bytes
  }

  /// Calls `body` with the bytes of the path and a zero behind them, as the system's calls want it.
  ///
  /// A path with a zero inside names nothing: the system sees an empty path and answers ENOENT.
  package func withPathBytes<Result>(
    _ body: (UnsafePointer<CChar>) throws -> Result
  ) rethrows -> Result {
    let bytes = pathBytes
    let isWhole = !bytes.contains(0)
    let characters = (isWhole ? bytes : []).map { CChar(bitPattern: $0) } + [0]
    return try unsafe characters.withUnsafeBufferPointer { try unsafe body($0.baseAddress!) }
  }
}

extension Unicode.Scalar {
  /// The byte of a path that the scalar stands for; nil for ordinary characters.
  var byteOfPath: UInt8? { 0x10FE80...0x10FEFF ~= value ? UInt8(value & 0xFF) : nil }

  /// The scalar that stands for a byte from 80 to FF.
  fileprivate init(pathByte byte: UInt8) { self.init(0x10FE00 + UInt32(byte))! }
}
