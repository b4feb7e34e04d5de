import Compute
import Testing

@Suite struct VisibleTests {
  @Test("Plain text stays as it is")
  func plain() {
    for text in [
      "", "expected 3 axes, found 2", "µm × 10³ — 細胞", "👩‍🔬", "می‌خواهم", "☀️", "C:\\Data\\x.tif",
      String(repeating: "a", count: 500),
    ] {
      #expect(text.visible() == text)
      #expect(text.onOneLine() == text)
    }
  }

  @Test(
    "Whatever ends a line, steers a terminal or hides is written out",
    arguments: [
      ("\n", #"\n"#), ("\r", #"\r"#), ("\t", #"\t"#), ("\u{B}", #"\u{B}"#), ("\u{C}", #"\u{C}"#),
      ("\0", #"\u{0}"#), ("\u{7}", #"\u{7}"#), ("\u{8}", #"\u{8}"#), ("\u{1B}", #"\u{1B}"#),
      ("\u{7F}", #"\u{7F}"#), ("\u{85}", #"\u{85}"#), ("\u{90}", #"\u{90}"#),
      ("\u{9B}", #"\u{9B}"#), ("\u{9D}", #"\u{9D}"#), ("\u{2028}", #"\u{2028}"#),
      ("\u{2029}", #"\u{2029}"#), ("\u{202E}", #"\u{202E}"#), ("\u{202A}", #"\u{202A}"#),
      ("\u{2066}", #"\u{2066}"#), ("\u{2069}", #"\u{2069}"#), ("\u{200E}", #"\u{200E}"#),
      ("\u{200B}", #"\u{200B}"#), ("\u{61C}", #"\u{61C}"#), ("\u{FEFF}", #"\u{FEFF}"#),
      ("\u{FFFE}", #"\u{FFFE}"#), ("\u{E0041}", #"\u{E0041}"#), ("\u{10FEB5}", #"\xB5"#),
      ("\r\n", #"\r\n"#),
    ])
  func unseen(character: String, shown: String) {
    let text = "before\(character)after".visible()
    #expect(text == "before\(shown)after")
    #expect(text.visible() == text)
    #expect("before\(character)after".onOneLine() == text)
  }

  @Test("Lines stay where they are asked for, and nothing else does")
  func lines() {
    #expect("a\n\u{1B}b\r\n".visible(keepingLines: true) == "a\n\\u{1B}b\\r\n")
    #expect("a\nb".visible(keepingLines: true) == "a\nb")
  }

  @Test("Long text is cut with a sign of it, at scalars and not at bytes")
  func long() {
    #expect(
      String(repeating: "a", count: 501).onOneLine() == String(repeating: "a", count: 500) + "…")
    #expect(String(repeating: "µ", count: 500).onOneLine() == String(repeating: "µ", count: 500))
    #expect("abcdef".onOneLine(limit: 3) == "abc…")
    #expect("ab\n".onOneLine(limit: 4) == #"ab\n"#)
    #expect("ab\n".onOneLine(limit: 3) == "ab…")
    // Escapes count as they are written.
    let escapes = String(repeating: "\u{1E}", count: 400).onOneLine()
    #expect(escapes.unicodeScalars.count <= 501 && escapes.hasSuffix("\\u{1E}…"))
    #expect(escapes.onOneLine() == escapes)
  }
}
