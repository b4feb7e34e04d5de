import Figures
import Foundation
import Microscopy
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct FigureTests {
  @Test("Names of any text give XML that a parser reads, and show what they hide")
  func hostileNames() throws {
    let name = "a<script>&\"]]>\u{1}\u{FFFE}\u{1B}[31m\u{202E}b\u{10FEB5}"
    var figure = ComparisonFigure(columns: [name])
    figure.append(
      title: name + "\n2 nuclei", image: nil,
      labels: [Self.labels([(0, 0, 0, 1)])])
    let parser = Texts()
    #expect(parser.parse(figure.svg))
    let shown = #"a<script>&"]]>\u{1}\u{FFFE}\u{1B}[31m\u{202E}b\xB5"#
    #expect(parser.texts == [shown, shown, "2 nuclei"])
  }

  /// The texts of an SVG document as libxml2 reads it.
  private final class Texts: NSObject, XMLParserDelegate {
    var texts: [String] = []
    func parse(_ svg: String) -> Bool {
      let parser = XMLParser(data: Data(svg.utf8))
      parser.delegate = self
      return parser.parse()
    }
    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      if name == "text" { texts.append("") }
    }
    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if !text.allSatisfy(\.isNewline) { texts[texts.count - 1] += text }
    }
  }

  static let extent = Extent(depth: 3, height: 4, width: 6)

  static func labels(_ places: [(z: Int, y: Int, x: Int, label: UInt32)]) -> LabelVolume {
    var volume = LabelVolume(repeating: 0, extent: extent)
    for place in places { volume[place.z, place.y, place.x] = place.label }
    return volume
  }

  @Test func colors() {
    typealias Color = RasterImage.Color
    #expect(Color(hue: 0, saturation: 1, value: 1) == Color(red: 255, green: 0, blue: 0))
    #expect(Color(hue: 1.0 / 3, saturation: 1, value: 1) == Color(red: 0, green: 255, blue: 0))
    #expect(Color(hue: 2.0 / 3, saturation: 1, value: 1) == Color(red: 0, green: 0, blue: 255))
    #expect(
      Color(hue: 1.0 / 6, saturation: 0.5, value: 1) == Color(red: 255, green: 255, blue: 128))
    #expect(Color(gray: 200).dimmed(0.5) == Color(gray: 100))
  }

  /// The signature, the size and the colors of the chunks, by the PNG specification.
  @Test func png() {
    var image = RasterImage(width: 300, height: 2)
    image[1, 299] = RasterImage.Color(red: 9, green: 8, blue: 7)
    let bytes = [UInt8](image.png)
    #expect(bytes.prefix(8) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    // IHDR: length 13, width, height, 8 bits, RGB, no interlacing.
    #expect(bytes[8..<16] == [0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52])
    #expect(bytes[16..<29] == [0, 0, 1, 44, 0, 0, 0, 2, 8, 2, 0, 0, 0])
    #expect(bytes.suffix(8).prefix(4) == [0x49, 0x45, 0x4e, 0x44])
    // Noise does not compress.
    var noise = RasterImage(width: 64, height: 64)
    var state: UInt32 = 1
    for row in 0..<64 {
      for column in 0..<64 {
        state = state &* 1_664_525 &+ 1_013_904_223
        noise[row, column] = RasterImage.Color(
          red: UInt8(state >> 24), green: UInt8(state >> 16 & 255), blue: UInt8(state >> 8 & 255))
      }
    }
    #expect(noise.png.count > 64 * 64 * 3)
  }

  /// Pixels of the panels of a figure, by the data in it.
  static func svg(_ columns: [LabelVolume?], image: Volume<Float>? = nil) -> String {
    var figure = ComparisonFigure(
      columns: (image == nil ? [] : ["image"]) + columns.indices.map { "c\($0) <&>" })
    figure.append(title: "volume\n2 nuclei", image: image, labels: columns)
    return figure.svg
  }

  static func panels(_ svg: String) -> [String] {
    svg.components(separatedBy: "base64,").dropFirst().map {
      String($0.prefix { $0 != "\"" })
    }
  }

  @Test func equalSegmentationsLookEqual() {
    let truth = Self.labels([(0, 1, 1, 5), (1, 1, 2, 5), (2, 3, 4, 9)])
    let same = Self.labels([(0, 1, 1, 70), (1, 1, 2, 70), (2, 3, 4, 2)])
    let merged = Self.labels([(0, 1, 1, 1), (1, 1, 2, 1), (2, 3, 4, 1)])
    let image = Volume<Float>(repeating: 3, extent: Self.extent)
    let svg = Self.svg([truth, same, merged, nil], image: image)
    let panels = Self.panels(svg)
    #expect(panels.count == 4)
    #expect(panels[1] == panels[2])
    #expect(panels[1] != panels[3])
    #expect(svg.contains("c0 &lt;&amp;&gt;") && svg.contains(">2 nuclei<"))
    let elements = Elements(svg).counts
    #expect(elements["image"] == 4 && elements["text"] == 7)
  }

  @Test func piecesAndStrangersHaveTheirOwnColors() {
    let truth = Self.labels([(0, 0, 0, 1), (0, 0, 1, 1), (0, 0, 2, 1)])
    let split = Self.labels([(0, 0, 0, 1), (0, 0, 1, 1), (0, 0, 2, 2)])
    let stranger = Self.labels([(0, 0, 0, 1), (0, 0, 1, 1), (0, 0, 2, 1), (0, 3, 3, 2)])
    let panels = Self.panels(Self.svg([truth, split, stranger]))
    #expect(Set(panels).count == 3)
  }
}

/// The elements of a flat XML document, each of which must be closed.
private struct Elements {
  private(set) var counts: [String: Int] = [:]

  init(_ text: String) {
    var open = 0
    for part in text.split(separator: "<").map(String.init) {
      if part.hasPrefix("/") {
        open -= 1
      } else {
        counts[String(part.prefix { $0.isLetter }), default: 0] += 1
        if !part.contains("/>") { open += 1 }
      }
    }
    #expect(open == 0, "elements are not closed")
  }
}
