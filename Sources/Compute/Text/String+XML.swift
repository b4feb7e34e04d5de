extension String {
  /// Where a text stands in XML.
  package enum XMLPosition: Sendable {
    /// Between tags: line breaks and tabs stay.
    case content
    /// Between the quotes of an attribute, where a parser would turn line breaks into blanks; they
    /// are left out.
    case attribute
  }

  /// The text for a place in XML: markup is escaped, and control characters, which XML does not
  /// allow, are left out.
  package func escapedForXML(_ position: XMLPosition) -> String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">" where position == .attribute: result += "&gt;"
      case "\"" where position == .attribute: result += "&quot;"
      case "\t" where position == .content, "\n" where position == .content,
        "\r" where position == .content:
        result.unicodeScalars.append(scalar)
      case "\u{0}"..<"\u{20}": break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
