/// Reads the few JSON forms that a safetensors header uses, in order, and sees duplicate keys,
/// which Foundation's decoder drops silently. It never recurses, so hostile nesting cannot exhaust
/// the stack.
struct JSONScanner {
  /// Why a header cannot be read.
  struct Failure: Error {
    var problem: String
    var tensor: String?
    var kind: WeightsError.Kind

    init(_ problem: String, tensor: String? = nil, kind: WeightsError.Kind = .malformed) {
      self.problem = problem
      self.tensor = tensor
      self.kind = kind
    }
  }

  private let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// `{"key": value, …}`; `body` reads the value of each key.
  mutating func object(
    _ body: (_ key: String, _ scanner: inout JSONScanner) throws(Failure) -> Void
  ) throws(Failure) {
    try expect("{")
    if accept("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try body(key, &self)
    } while accept(",")
    try expect("}")
  }

  /// `{"key": "value", …}`
  mutating func stringMap(describedAs name: String) throws(Failure) -> [String: String] {
    var map: [String: String] = [:]
    try object { (key, scanner) throws(Failure) in
      guard map.updateValue(try scanner.string(), forKey: key) == nil else {
        throw Failure("\(name) has the key \(String(key.prefix(100)).debugDescription) twice")
      }
    }
    return map
  }

  /// `[1, 2, …]`, integers that are not negative.
  mutating func integers() throws(Failure) -> [Int] {
    try expect("[")
    if accept("]") { return [] }
    var values: [Int] = []
    repeat { values.append(try integer()) } while accept(",")
    try expect("]")
    return values
  }

  /// Nothing but white space is left.
  mutating func end() throws(Failure) {
    skipSpace()
    guard position == bytes.count else { throw unexpected("the end of the header") }
  }

  /// `"text"`
  mutating func string() throws(Failure) -> String {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      throw unexpected("a string")
    }
    position += 1
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw Failure("the header has a string that is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): text += try escape()
      case 0..<0x20: throw Failure("the header has a control character in a string")
      default: text.append(byte)
      }
    }
    throw unexpected("the end of a string")
  }

  private mutating func escape() throws(Failure) -> [UInt8] {
    guard position < bytes.count else { throw unexpected("an escape") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "u"):
      var units = [try codeUnit()]
      if UTF16.isLeadSurrogate(units[0]), position + 1 < bytes.count,
        bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
      {
        position += 2
        units.append(try codeUnit())
      }
      guard let text = String(validating: units, as: UTF16.self) else {
        throw Failure("the header has half of a surrogate pair")
      }
      return Array(text.utf8)
    default: throw Failure("the header has an unknown escape in a string")
    }
  }

  private mutating func codeUnit() throws(Failure) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard position < bytes.count,
        let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue
      else { throw unexpected("four hexadecimal digits") }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }

  private mutating func integer() throws(Failure) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(bytes[position] - 0x30))
      guard !overflow, !carry else { throw Failure("the header has an integer above 2⁶³") }
      value = sum
      position += 1
    }
    guard position > start else { throw unexpected("an integer that is not negative") }
    return value
  }

  private mutating func accept(_ symbol: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: symbol) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ symbol: Unicode.Scalar) throws(Failure) {
    guard accept(symbol) else { throw unexpected("'\(symbol)'") }
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  private func unexpected(_ expected: String) -> Failure {
    position < bytes.count
      ? Failure(
        "the header is not valid at byte \(position): expected \(expected), found \(Character(Unicode.Scalar(bytes[position])).debugDescription)"
      )
      : Failure("the header ends too early: expected \(expected)")
  }
}
