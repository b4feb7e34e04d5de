extension String {
  /// The text for a message of one line: control characters and line breaks become blanks, and what is
  /// longer than a reader's patience is cut.
  ///
  /// Messages repeat what stands in files, which may hold anything.
  ///
  /// - Parameter most: The most Unicode scalars that are kept.
  package func onOneLine(most: Int = 500) -> String {
    if utf8.count <= most, utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) { return self }
    var line = String.UnicodeScalarView()
    for scalar in unicodeScalars.prefix(most) {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: line.append(" ")
      default: line.append(scalar)
      }
    }
    return String(line) + (unicodeScalars.count > most ? "…" : "")
  }
}
