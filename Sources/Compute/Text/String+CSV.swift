extension String {
  /// The text as a cell of CSV (RFC 4180), safe to open in a spreadsheet.
  ///
  /// The text is made visible first, so that a row is a line. Text that a spreadsheet would compute
  /// (it begins with `=`, `+`, `-`, `@` or their wide forms) begins with an apostrophe instead.
  /// Numbers do not come through here.
  package var quotedForCSV: String {
    var text = visible()
    let first = text.unicodeScalars.first { $0 != " " && $0 != "\u{A0}" && $0 != "\u{3000}" }
    if let first, "=+-@＝＋－＠".unicodeScalars.contains(first) { text = "'" + text }
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") })
    else { return text }
    var cell = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { cell += "\"" }
      cell.unicodeScalars.append(scalar)
    }
    return cell + "\""
  }
}
