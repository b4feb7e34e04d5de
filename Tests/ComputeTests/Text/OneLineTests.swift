import Compute
import Testing

@Suite struct OneLineTests {
  @Test("Plain text stays as it is")
  func plain() {
    for text in [
      "", "expected 3 axes, found 2", "µm × 10³ — 細胞", String(repeating: "a", count: 500),
    ] {
      #expect(text.onOneLine() == text)
    }
  }

  @Test(
    "Whatever ends a line or steers a terminal becomes a blank",
    arguments: [
      "\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}", "\t", "\0", "\u{1B}",
      "\u{7F}",
      "\u{9B}",
    ])
  func controls(scalar: String) {
    #expect("before\(scalar)after".onOneLine() == "before after")
  }

  @Test("CR LF, one character to Swift, is two blanks")
  func carriageReturnLineFeed() {
    #expect("a\r\nb".onOneLine() == "a  b")
  }

  @Test("Long text is cut with a sign of it, at scalars and not at bytes")
  func long() {
    #expect(
      String(repeating: "a", count: 501).onOneLine() == String(repeating: "a", count: 500) + "…")
    #expect(String(repeating: "µ", count: 500).onOneLine() == String(repeating: "µ", count: 500))
    #expect("abcdef".onOneLine(limit: 3) == "abc…")
    #expect("ab\n".onOneLine(limit: 3) == "ab ")
  }
}
