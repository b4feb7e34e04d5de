extension String {
  /// The text as a string of JSON, quotes included (RFC 8259).
  ///
  /// Quotes, backslashes and control characters are escaped, all else stays as it is.
  ///
  /// - Parameter short: The control characters that are written as a letter (`\n`, `\r`, `\t`);
  ///   others become four digits (`\u000a`).
  package func quotedForJSON(short: Set<Unicode.Scalar> = ["\n", "\r", "\t"]) -> String {
    var result = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n" where short.contains(scalar): result += "\\n"
      case "\r" where short.contains(scalar): result += "\\r"
      case "\t" where short.contains(scalar): result += "\\t"
      case "\u{0}"..<"\u{20}":
        result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
