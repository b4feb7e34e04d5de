extension String {
  /// The text as a string of JSON, quotes included (RFC 8259): a parser reads back the same text.
  ///
  /// Quotes, backslashes and control characters are escaped, as is what a terminal would obey or
  /// not show; all else stays as it is.
  package func quotedForJSON() -> String {
    var result = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.isUnseen, scalar.value <= 0xFFFF {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
