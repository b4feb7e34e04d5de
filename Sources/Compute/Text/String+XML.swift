extension String {
  /// Where a text stands in XML.
  package enum XMLPosition: Sendable {
    /// Between tags.
    case content
    /// Between the quotes of an attribute.
    case attribute
  }

  /// The text for a place in XML 1.0: a parser reads back the same text.
  ///
  /// What XML does not allow even as a reference (most control characters, U+FFFE, U+FFFF), what it
  /// discourages, and bytes of file names that are not UTF-8 are written as
  /// ``visible(keepingLines:)`` does.
  package func escapedForXML(_ position: XMLPosition) -> String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"" where position == .attribute: result += "&quot;"
      case "\t" where position == .content, "\n" where position == .content:
        result.unicodeScalars.append(scalar)
      // A parser would make a blank or a line feed of the character itself.
      case "\t", "\n", "\r": result += "&#\(scalar.value);"
      default:
        if scalar.isForeignToXML {
          result += scalar.spelled
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether the scalar is none of XML 1.0's characters or one that it discourages, or stands for a
  /// byte of a file name.
  fileprivate var isForeignToXML: Bool {
    properties.generalCategory == .control || properties.isNoncharacterCodePoint
      || byteOfPath != nil
  }
}
