/// A text in the syntax of `java.util.Properties`, in which ImageJ writes and reads its descriptions.
///
/// Keys end at `=`, `:` or a blank; a backslash at the end of a line joins the next one to it;
/// `\t`, `\n`, `\r`, `\f` and `\uXXXX` are escapes, and of any other pair the second character
/// counts; lines that begin with `#` or `!` are comments. Of equal keys the last one counts.
struct JavaProperties: Sendable {
  private var values: [String: String] = [:]

  /// The value of a key, nil where the text has none.
  subscript(key: String) -> String? { values[key] }

  /// Reads a text; a damaged escape stands for itself.
  init(_ text: String) {
    for line in Self.logicalLines(of: Array(text.utf16)) {
      let (key, value) = Self.parts(of: line)
      values[key] = value
    }
  }

  /// The number that a value states as Java's `Double.valueOf` reads it; nil where it is none.
  ///
  /// That is a decimal number with a point, perhaps with an exponent, blanks around it and Java's
  /// suffix `d` or `f`. Java's hexadecimal numbers, NaN and Infinity are none of the numbers that
  /// descriptions state.
  static func number(_ text: String) -> Double? {
    var digits = text.utf8.drop { $0 <= 0x20 }
    while let last = digits.last, last <= 0x20 { digits.removeLast() }
    if let last = digits.last, "dDfF".utf8.contains(last) { digits.removeLast() }
    guard digits.allSatisfy({ "0123456789.+-eE".utf8.contains($0) }) else { return nil }
    var body = String(Substring(digits))
    // Swift's numbers have digits on both sides of the point.
    let sign = body.first.flatMap { "+-".contains($0) ? $0 : nil }
    if sign != nil { body.removeFirst() }
    let exponent = body.firstIndex { "eE".contains($0) } ?? body.endIndex
    var mantissa = String(body[..<exponent])
    guard mantissa.contains(where: \.isNumber) else { return nil }
    if mantissa.first == "." { mantissa = "0" + mantissa }
    if mantissa.last == "." { mantissa += "0" }
    guard let value = Double(mantissa + body[exponent...]), value.isFinite else { return nil }
    return sign == "-" ? -value : value
  }

  private static let backslash = UInt16(UInt8(ascii: "\\"))

  private static func isBlank(_ unit: UInt16) -> Bool { [0x20, 0x09, 0x0C].contains(unit) }

  /// The lines without leading blanks, comments and empty lines, continued ones as one.
  private static func logicalLines(of text: [UInt16]) -> [[UInt16]] {
    var lines: [[UInt16]] = []
    var line: [UInt16] = []
    var isContinued = false
    for natural in naturalLines(of: text) {
      let content = natural.drop(while: isBlank)
      if !isContinued {
        guard let first = content.first, !"#!".utf16.contains(first) else { continue }
      }
      line += content
      // An even number of backslashes at the end is a number of escaped ones.
      isContinued = !content.reversed().prefix { $0 == backslash }.count.isMultiple(of: 2)
      if isContinued {
        line.removeLast()
      } else {
        lines.append(line)
        line = []
      }
    }
    if isContinued { lines.append(line) }
    return lines
  }

  /// The lines as they stand, which end with LF, CR or both.
  private static func naturalLines(of text: [UInt16]) -> [ArraySlice<UInt16>] {
    var lines = text.split(omittingEmptySubsequences: false) { $0 == 0x0A || $0 == 0x0D }
    // Between CR and LF there is no line.
    lines.removeAll { line in
      line.isEmpty && line.startIndex > 0 && line.startIndex < text.count
        && text[line.startIndex - 1] == 0x0D && text[line.startIndex] == 0x0A
    }
    return lines
  }

  /// The key and the value of a line, without their escapes.
  private static func parts(of line: [UInt16]) -> (key: String, value: String) {
    var end = 0
    while end < line.count, !isBlank(line[end]), !"=:".utf16.contains(line[end]) {
      end += line[end] == backslash ? 2 : 1
    }
    end = min(end, line.count)
    var value = line[end...].drop(while: isBlank)
    if let first = value.first, "=:".utf16.contains(first) {
      value = value.dropFirst().drop(while: isBlank)
    }
    return (unescaped(line[..<end]), unescaped(value))
  }

  private static func unescaped(_ text: ArraySlice<UInt16>) -> String {
    var result: [UInt16] = []
    var rest = text
    while let unit = rest.popFirst() {
      guard unit == backslash, let next = rest.popFirst() else {
        result.append(unit)
        continue
      }
      switch Unicode.Scalar(next) {
      case "t": result.append(0x09)
      case "n": result.append(0x0A)
      case "r": result.append(0x0D)
      case "f": result.append(0x0C)
      case "u":
        let digits = rest.prefix(4)
        if digits.count == 4, digits.allSatisfy({ $0 < 0x80 }),
          let code = UInt16(String(decoding: digits, as: UTF16.self), radix: 16)
        {
          result.append(code)
          rest = rest.dropFirst(4)
        } else {
          result += [unit, next]
        }
      default: result.append(next)
      }
    }
    return String(decoding: result, as: UTF16.self)
  }
}
