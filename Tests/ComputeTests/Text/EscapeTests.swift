import Compute
import Foundation
import Testing

@Suite struct EscapeTests {
  /// Every scalar that JSON escapes, and some that it does not.
  private static let text =
    String(String.UnicodeScalarView((0..<0x21).compactMap(Unicode.Scalar.init)))
    + "\"\\/\u{7F}µ\u{2028}😀"

  @Test(
    "JSON's own parser reads back what was quoted", arguments: [["\n", "\r", "\t"], ["\n"], []])
  func jsonRoundTrip(short: [String]) throws {
    let quoted = Self.text.quotedForJSON(short: Set(short.flatMap(\.unicodeScalars)))
    let list = try JSONSerialization.jsonObject(with: Data("[\(quoted)]".utf8))
    #expect(list as? [String] == [Self.text])
    #expect(quoted.unicodeScalars.allSatisfy { $0.value >= 0x20 })
  }

  @Test("JSON as it is spelled")
  func jsonSpelling() {
    #expect("a\"b\\c\n\r\t\u{1}\u{1F}/µ".quotedForJSON() == #""a\"b\\c\n\r\t\u0001\u001f/µ""#)
    #expect("\n\r\t".quotedForJSON(short: ["\n"]) == #""\n\u000d\u0009""#)
    #expect("".quotedForJSON() == "\"\"")
  }

  @Test("XML as it is spelled")
  func xmlSpelling() {
    let text = "a & b < c > \"d\" 'e'\t\n\r\u{1}µ"
    #expect(text.escapedForXML(.content) == "a &amp; b &lt; c > \"d\" 'e'\t\n\rµ")
    #expect(text.escapedForXML(.attribute) == "a &amp; b &lt; c &gt; &quot;d&quot; 'e'µ")
  }
}
