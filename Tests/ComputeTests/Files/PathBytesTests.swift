import Compute
import Testing

@Suite struct PathBytesTests {
  @Test(
    "Every name has one text, and the text gives the name back",
    arguments: [
      Array("plain.tif".utf8), Array("5µm_細胞_😀.tif".utf8), [],
      [0x35, 0xB5, 0x6D],  // Latin-1
      [0xFF], [0x80, 0x80], [0xC3], [0xC3, 0x28], [0xE2, 0x82], [0xE2, 0x82, 0xAC, 0xE2],
      [0xED, 0xA0, 0x80],  // a surrogate
      [0xC0, 0xAF], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
      [0x82, 0xA0, 0x2E, 0x74],  // Shift JIS
      Array("\u{10FEB5}".utf8), Array("\u{10FEB5}".utf8) + [0xB5],
    ] as [[UInt8]])
  func roundTrip(bytes: [UInt8]) {
    let path = String(pathBytes: bytes)
    #expect(path.pathBytes == bytes)
  }

  @Test("All names of two bytes are told apart")
  func pairs() {
    var texts: Set<[Unicode.Scalar]> = []
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        let path = String(pathBytes: [first, second])
        #expect(path.pathBytes == [first, second])
        texts.insert(Array(path.unicodeScalars))
      }
    }
    #expect(texts.count == 65536)
  }

  @Test("UTF-8 stays as it is, other bytes are shown")
  func spelling() {
    #expect(String(pathBytes: Array("5µm".utf8)) == "5µm")
    #expect(String(pathBytes: [0x35, 0xB5, 0x6D]) == "5\u{10FEB5}m")
    #expect(String(pathBytes: [0x35, 0xB5, 0x6D]).visible() == #"5\xB5m"#)
  }

  @Test("A path with a zero inside names nothing")
  func zero() {
    #expect("a\0b".withPathBytes { $0.pointee } == 0)
  }
}
