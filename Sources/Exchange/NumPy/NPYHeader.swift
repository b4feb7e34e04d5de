import Compute
import Foundation
import Networks
import Tensors

/// What the header of an `.npy` file says, checked.
struct NPYHeader {
  /// The type as NumPy writes it, for example `<f4`.
  let descriptor: String
  /// The type without its byte order: `f4`.
  let kind: String
  /// Whether numbers have their highest byte first.
  let isBigEndian: Bool
  /// Whether the first axis is the fastest.
  let isColumnMajor: Bool
  /// The extents.
  let shape: Shape
  /// Where the numbers begin.
  let length: Int
  /// The bytes that the numbers take.
  let byteCount: Int

  private static let sizes = [
    "f2": 2, "f4": 4, "f8": 8, "i1": 1, "i2": 2, "i4": 4, "i8": 8, "u1": 1, "u2": 2, "u4": 4,
    "u8": 8, "b1": 1,
  ]

  /// Reads the header at the start of a file's bytes.
  init(_ bytes: Data, file: String, name: String?) throws(WeightsError) {
    func failure(_ kind: WeightsError.Kind, _ problem: String) -> WeightsError {
      WeightsError(kind, file: file, tensor: name, problem)
    }
    let bytes = [UInt8](bytes.prefix(1 << 16))
    guard bytes.count >= 10, bytes[0] == 0x93, bytes[1..<6].elementsEqual("NUMPY".utf8) else {
      throw failure(.malformed, "is not an array in NumPy's format")
    }
    guard (1...3).contains(bytes[6]) else {
      throw failure(.unsupported, "is of version \(bytes[6]) of NumPy's format; 1 to 3 are read")
    }
    let prefix = bytes[6] == 1 ? 10 : 12
    guard bytes.count >= prefix else { throw failure(.truncated, "ends within its header") }
    let count = bytes[8..<prefix].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard count <= bytes.count - prefix else {
      throw failure(
        .truncated,
        "claims a header of \(count.counted("byte")); \(bytes.count - prefix) follow, or too many"
      )
    }
    length = prefix + count
    guard let text = String(validating: bytes[prefix..<length], as: UTF8.self) else {
      throw failure(.malformed, "has a header that is not text")
    }
    var scanner = PythonScanner(text)
    guard let fields = scanner.dictionary() else {
      throw failure(
        .malformed, "has a header that is not {'descr': …, 'fortran_order': …, 'shape': …}")
    }
    guard case .string(let descriptor)? = fields["descr"] else {
      throw failure(.unsupported, "holds records, not numbers")
    }
    guard case .boolean(let isColumnMajor)? = fields["fortran_order"],
      case .tuple(let dimensions)? = fields["shape"], dimensions.count <= 32
    else { throw failure(.malformed, "has a header without fortran_order or shape") }
    self.descriptor = String(descriptor.prefix(20))
    self.isColumnMajor = isColumnMajor
    let order = descriptor.first ?? " "
    kind = "<>|=".contains(order) ? String(descriptor.dropFirst()) : descriptor
    isBigEndian = order == ">"
    guard let size = Self.sizes[kind] else {
      throw failure(
        .unsupported,
        "is of type \(self.descriptor.debugDescription); floats, integers and booleans are read")
    }
    // Without the extents that are zero, so that no product of some of them overflows later.
    var total = size
    for dimension in dimensions where dimension > 0 {
      let (product, overflow) = total.multipliedReportingOverflow(by: dimension)
      guard !overflow else { throw failure(.malformed, "claims more than 2⁶³ bytes") }
      total = product
    }
    shape = Shape(dimensions)
    byteCount = dimensions.contains(0) ? 0 : total
  }
}

/// The few forms of Python's literals that such a header uses.
private struct PythonScanner {
  enum Value {
    case string(String)
    case boolean(Bool)
    case tuple([Int])
    /// A list, as records have; its contents are not read.
    case other
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = [UInt8](text.utf8) }

  /// `{'key': value, …}`; nil for anything else, keys that occur twice included.
  mutating func dictionary() -> [String: Value]? {
    guard accept("{") else { return nil }
    var fields: [String: Value] = [:]
    while !accept("}") {
      guard let key = string(), accept(":"), let value = value(),
        fields.updateValue(value, forKey: key) == nil
      else { return nil }
      guard accept(",") || peek() == UInt8(ascii: "}") else { return nil }
      // Records end the search: what follows a list is not understood.
      if case .other = value { return fields }
    }
    return peek() == nil ? fields : nil
  }

  private mutating func value() -> Value? {
    switch peek() {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return string().map(Value.string)
    case UInt8(ascii: "("): return tuple().map(Value.tuple)
    case UInt8(ascii: "["):
      position = bytes.count - 1
      while position > 0, bytes[position] != UInt8(ascii: "}") { position -= 1 }
      return .other
    default:
      if accept("True") { return .boolean(true) }
      return accept("False") ? .boolean(false) : nil
    }
  }

  /// `()`, `(3,)` or `(3, 4)`, also with the L of Python 2.
  private mutating func tuple() -> [Int]? {
    guard accept("(") else { return nil }
    var values: [Int] = []
    while !accept(")") {
      _ = peek()
      var value = 0
      let start = position
      while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(Int(bytes[position] - 0x30))
        guard !overflow, !carry else { return nil }
        value = sum
        position += 1
      }
      guard position > start, values.count < 64 else { return nil }
      values.append(value)
      _ = accept("L")
      guard accept(",") || peek() == UInt8(ascii: ")") else { return nil }
    }
    return values
  }

  private mutating func string() -> String? {
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      return nil
    }
    let start = position + 1
    guard let end = bytes[start...].firstIndex(of: quote),
      !bytes[start..<end].contains(UInt8(ascii: "\\"))
    else { return nil }
    position = end + 1
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// The next byte that is not white space.
  private mutating func peek() -> UInt8? {
    while position < bytes.count, [0x20, 0x0A, 0x09, 0x0D].contains(bytes[position]) {
      position += 1
    }
    return position < bytes.count ? bytes[position] : nil
  }

  private mutating func accept(_ word: String) -> Bool {
    _ = peek()
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }
}
