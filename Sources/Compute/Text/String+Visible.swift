/// The door for untrusted text: names of files, models and channels, and metadata may hold anything.
///
/// What goes to a terminal, a log or a picture is shown by ``visible(keepingLines:)``; CSV, XML and
/// JSON have escapes of their own (`quotedForCSV`, `escapedForXML`, `quotedForJSON`).
extension String {
  /// The text with everything written out that a reader would not see, or that a terminal would
  /// obey: control characters, line breaks, marks that turn the direction of writing, invisible
  /// characters, and bytes of file names that are not UTF-8.
  ///
  /// `\n`, `\r` and `\t` are written so, other characters as `\u{1B}`, bytes as `\xB5`. A text that
  /// went through the door once passes it again unchanged.
  ///
  /// - Parameter keepingLines: Whether `\n` stays, for a text of several lines whose parts went
  ///   through the door.
  package func visible(keepingLines: Bool = false) -> String {
    if utf8.allSatisfy({ 0x20..<0x7F ~= $0 || keepingLines && $0 == 0x0A }) { return self }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if keepingLines, scalar == "\n" {
        result.append(scalar)
      } else if scalar.isUnseen {
        result.append(contentsOf: scalar.spelled.unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// ``visible(keepingLines:)`` on one line of bounded length, for a part of a message.
  ///
  /// - Parameter limit: How many Unicode scalars are kept at most, as they are written.
  package func onOneLine(limit: Int = 500) -> String {
    var result = String.UnicodeScalarView()
    var rest = limit
    for scalar in unicodeScalars {
      let written = scalar.isUnseen ? scalar.spelled.unicodeScalars : String(scalar).unicodeScalars
      if written.count > rest { return String(result) + "…" }
      result.append(contentsOf: written)
      rest -= written.count
    }
    return String(result)
  }
}

extension Unicode.Scalar {
  /// Whether the scalar steers what shows it or does not show, or stands for a byte of a file name.
  var isUnseen: Bool {
    switch value {
    case 0x20..<0x7F: return false
    // Joiners and variants of signs, which scripts and emoji need.
    case 0x200C, 0x200D, 0xFE00...0xFE0F: return false
    // Marks around annotations between lines.
    case 0xFFF9...0xFFFB: return true
    default: break
    }
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    default:
      return byteOfPath != nil || properties.isDefaultIgnorableCodePoint
        || properties.isNoncharacterCodePoint
    }
  }

  /// The scalar as ``String/visible(keepingLines:)`` writes it out.
  var spelled: String {
    if let byte = byteOfPath { return "\\x" + String(byte, radix: 16, uppercase: true) }
    return switch self {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{" + String(value, radix: 16, uppercase: true) + "}"
    }
  }
}
