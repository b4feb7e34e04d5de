import Networks

/// Numbers and texts.
extension Unpickler {
  /// Carries out an instruction that pushes a plain value; false for other instructions.
  mutating func performValue(_ operation: UInt8) throws(WeightsError) -> Bool {
    switch Unicode.Scalar(operation) {
    // NONE, NEWTRUE, NEWFALSE
    case "N": stack.append(.none)
    case "\u{88}": stack.append(.boolean(true))
    case "\u{89}": stack.append(.boolean(false))
    // BININT, BININT1, BININT2, LONG1, LONG4
    case "J": stack.append(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
    case "K": stack.append(.integer(Int(try byte())))
    case "M": stack.append(.integer(try number(2)))
    case "\u{8a}": stack.append(Self.integer(try take(Int(try byte()))))
    case "\u{8b}": stack.append(Self.integer(try take(try number(4))))
    // INT, LONG, FLOAT, BINFLOAT
    case "I", "L": stack.append(Self.integer(try line()))
    case "F": stack.append(Double(try line()).map(Pickle.Value.real) ?? .skipped)
    case "G":
      let bits = try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      stack.append(.real(Double(bitPattern: bits)))
    // BINUNICODE, SHORT_BINUNICODE, BINUNICODE8
    case "X": stack.append(try text(number(4)))
    case "\u{8c}": stack.append(try text(Int(byte())))
    case "\u{8d}": stack.append(try text(number(8)))
    // BINSTRING, SHORT_BINSTRING: texts of Python 2
    case "T": stack.append(try text(number(4)))
    case "U": stack.append(try text(Int(byte())))
    // STRING, UNICODE
    case "S":
      let quoted = try line()
      stack.append(quoted.count >= 2 ? .text(String(quoted.dropFirst().dropLast())) : .skipped)
    case "V": stack.append(.text(try line()))
    // BINBYTES, SHORT_BINBYTES, BINBYTES8, BYTEARRAY8
    case "B": try skip(number(4))
    case "C": try skip(Int(byte()))
    case "\u{8e}", "\u{96}": try skip(number(8))
    default: return false
    }
    return true
  }

  private mutating func skip(_ count: Int) throws(WeightsError) {
    _ = try take(count)
    stack.append(.skipped)
  }

  private mutating func text(_ count: Int) throws(WeightsError) -> Pickle.Value {
    .text(String(decoding: try take(count), as: UTF8.self))
  }

  /// Two's complement, the lowest byte first.
  private static func integer(_ bytes: ArraySlice<UInt8>) -> Pickle.Value {
    guard bytes.count <= 8 else { return .skipped }
    var bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    if let last = bytes.last, last >= 0x80, bytes.count < 8 {
      bits |= UInt64.max << UInt64(8 * bytes.count)
    }
    return .integer(Int(Int64(bitPattern: bits)))
  }

  /// Decimal digits, with the L of Python 2; "00" and "01" are truth values.
  private static func integer(_ text: String) -> Pickle.Value {
    if text == "00" || text == "01" { return .boolean(text == "01") }
    return Int(text.hasSuffix("L") ? String(text.dropLast()) : text).map(Pickle.Value.integer)
      ?? .skipped
  }
}
