import Foundation
import FoundationXML

/// The parts of an OME-XML text that say how pages are arranged: the Pixels element of each image and
/// its TiffData.
///
/// Foundation's XMLParser (libxml2, entities not resolved) reads it: OME-XML comes from dozens of
/// programs, with prefixes, entities and character references that a scanner of our own would miss.
final class OMEDocument: NSObject, XMLParserDelegate {
  struct TiffData {
    var attributes: [String: String]
    var fileName: String?
    /// The identifier of that file.
    var identifier = ""
  }

  /// An image whose pixels are described.
  struct Image {
    var name: String?
    /// The attributes of its Pixels element.
    var pixels: [String: String]
    var tiffData: [TiffData] = []
    /// What is said about the channels, one for each sample of a pixel.
    var channels: [ImageChannel] = []
  }

  private(set) var images: [Image] = []
  /// The file that holds the metadata instead of this one, nil where they are here.
  private(set) var metadataFile: String?
  /// Why the text is not XML, nil if it is.
  private(set) var problem: String?
  /// The name of the image that has begun.
  private var imageName: String?
  /// Whether an annotation says that the image holds labels.
  private(set) var areLabels = false
  private var isInPixels = false
  private var isInIdentifier = false

  init(_ text: Substring) {
    super.init()
    let parser = XMLParser(data: Self.withoutInstructions(text))
    parser.delegate = self
    // On Linux the result is true even for broken XML; the delegate hears of every error.
    let isParsed = parser.parse()
    if !isParsed, problem == nil { problem = "XML that cannot be parsed" }
  }

  /// The index of the image whose pages are in this file: the first whose TiffData name it, else the
  /// first of all; a file may have been renamed.
  func index(inFile name: String) -> Int? {
    images.firstIndex { $0.tiffData.contains { $0.fileName == name } } ?? images.indices.first
  }

  /// The text with a blank for each `<?…?>`.
  ///
  /// It is UTF-8 by now, whatever its declaration says; and of processing instructions, which mean
  /// nothing in OME-XML, those without data (`<?a?>`) end the process in Foundation's XMLParser on
  /// Linux.
  private static func withoutInstructions(_ text: Substring) -> Data {
    let bytes = Array(text.utf8)
    var result = Data()
    var copied = 0
    var position = 0
    func stands(_ first: Character, _ second: Character) -> Bool {
      position + 1 < bytes.count && bytes[position] == first.asciiValue
        && bytes[position + 1] == second.asciiValue
    }
    while position < bytes.count {
      guard stands("<", "?") else {
        position += 1
        continue
      }
      let start = position
      position += 2
      while position < bytes.count, !stands("?", ">") { position += 1 }
      // What does not end is an error of the parser's.
      guard position < bytes.count else { break }
      result += bytes[copied..<start]
      result.append(UInt8(ascii: " "))
      position += 2
      copied = position
    }
    return result + bytes[copied...]
  }

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    switch element.split(separator: ":").last {
    case "Image":
      imageName = attributes["Name"]
    case "Pixels":
      images.append(Image(name: imageName, pixels: attributes))
      isInPixels = true
    case "Channel" where isInPixels:
      let channel = ImageChannel(
        name: attributes["Name"],
        color: attributes["Color"].flatMap { Int64($0) }
          .map { ChannelColor(rgba: Int32(truncatingIfNeeded: $0)) })
      let samples = attributes["SamplesPerPixel"].flatMap { Int($0) } ?? 1
      for _ in 0..<min(max(samples, 1), 64) where images[images.count - 1].channels.count < 4096 {
        images[images.count - 1].channels.append(channel)
      }
    case "MapAnnotation" where attributes["Namespace"] == SeriesDescription.labelNamespace:
      areLabels = true
    case "TiffData" where isInPixels:
      images[images.count - 1].tiffData.append(TiffData(attributes: attributes))
    case "UUID" where isInPixels:
      updateTiffData { $0.fileName = attributes["FileName"] }
      isInIdentifier = true
    case "BinaryOnly" where metadataFile == nil:
      metadataFile = attributes["MetadataFile"] ?? "another file"
    default: break
    }
  }

  func parser(
    _ parser: XMLParser, didEndElement element: String, namespaceURI: String?,
    qualifiedName: String?
  ) {
    switch element.split(separator: ":").last {
    case "Pixels": isInPixels = false
    case "UUID": isInIdentifier = false
    default: break
    }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    guard isInIdentifier else { return }
    updateTiffData { $0.identifier += text.filter { !$0.isWhitespace } }
  }

  func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
    if problem == nil { problem = "broken XML at line \(parser.lineNumber)" }
  }

  /// Changes the TiffData that has begun.
  private func updateTiffData(_ change: (inout TiffData) -> Void) {
    guard let image = images.indices.last, let last = images[image].tiffData.indices.last else {
      return
    }
    change(&images[image].tiffData[last])
  }
}
