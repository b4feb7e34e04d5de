import Compute
import Foundation
import Testing

@Suite struct EscapeTests {
  /// What some format escapes, and some that none does.
  private static let text =
    String(String.UnicodeScalarView((0..<0xA1).compactMap(Unicode.Scalar.init)))
    + "\"\\/µ\u{2028}\u{202E}\u{FEFF}😀\u{E0041}\u{10FEB5}]]>"

  @Test("JSON's own parser reads back what was quoted, and a terminal shows it")
  func jsonRoundTrip() throws {
    let quoted = Self.text.quotedForJSON()
    let list = try JSONSerialization.jsonObject(with: Data("[\(quoted)]".utf8))
    #expect(list as? [String] == [Self.text])
    #expect(
      quoted.unicodeScalars.allSatisfy {
        $0.properties.generalCategory != .control && $0 != "\u{202E}" && $0 != "\u{2028}"
      })
  }

  @Test("JSON as it is spelled")
  func jsonSpelling() {
    #expect("a\"b\\c\n\r\t\u{1}\u{1F}/µ".quotedForJSON() == #""a\"b\\c\n\r\t\u0001\u001f/µ""#)
    #expect("\u{9B}\u{202E}\u{7F}".quotedForJSON() == #""\u009b\u202e\u007f""#)
    #expect("".quotedForJSON() == "\"\"")
  }

  @Test("XML as it is spelled")
  func xmlSpelling() {
    let text = "a & b < c > \"d\" 'e'\t\n\r\u{1}\u{FFFF}\u{9B}\u{10FEB5}µ"
    let foreign = #"\u{1}\u{FFFF}\u{9B}\xB5µ"#
    #expect(
      text.escapedForXML(.content) == "a &amp; b &lt; c &gt; \"d\" 'e'\t\n&#13;\(foreign)")
    #expect(
      text.escapedForXML(.attribute)
        == "a &amp; b &lt; c &gt; &quot;d&quot; 'e'&#9;&#10;&#13;\(foreign)")
  }

  @Test(
    "A cell of CSV is one line that no spreadsheet computes",
    arguments: [
      ("emb 1", "emb 1"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", #"a\nb"#),
      ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"),
      ("\t=1+1", #"\t=1+1"#), ("\r=1+1", #"\r=1+1"#), (" =1+1", "' =1+1"), ("＝1+1", "'＝1+1"),
      ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
      ("1=1", "1=1"), ("5\u{10FEB5}m", #"5\xB5m"#), ("\u{1B}[31m", #"\u{1B}[31m"#), ("", ""),
    ])
  func csvCell(text: String, cell: String) {
    #expect(text.quotedForCSV == cell)
  }
}
