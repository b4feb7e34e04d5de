extension String {
  /// The text for a message of one line: control characters and line breaks become blanks, and long
  /// text is cut.
  ///
  /// Messages repeat what stands in files, which may hold anything.
  ///
  /// - Parameter limit: How many Unicode scalars are kept at most.
  package func onOneLine(limit: Int = 500) -> String {
    if utf8.count <= limit, utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) { return self }
    var line = String.UnicodeScalarView()
    for scalar in unicodeScalars.prefix(limit) {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: line.append(" ")
      default: line.append(scalar)
      }
    }
    return String(line) + (unicodeScalars.count > limit ? "…" : "")
  }
}
