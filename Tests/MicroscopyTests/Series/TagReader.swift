import Foundation

/// A plain reader of TIFF and BigTIFF directories, to look at written files without our own code.
struct TagReader {
  enum Value: Equatable {
    case numbers([Double])
    case text(String)
  }

  let isBig: Bool
  /// The tags of every page.
  let pages: [[Int: Value]]

  init(_ path: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let isLittle = bytes[0] == 0x49
    func number(_ offset: Int, _ size: Int) -> Int {
      let digits = bytes[offset..<offset + size]
      return (isLittle ? Array(digits.reversed()) : Array(digits)).reduce(0) { $0 << 8 + Int($1) }
    }
    isBig = number(2, 2) == 43
    let wide = isBig ? 8 : 4
    var pages: [[Int: Value]] = []
    var offset = isBig ? number(8, 8) : number(4, 4)
    while offset != 0 {
      let count = number(offset, isBig ? 8 : 2)
      var entry = offset + (isBig ? 8 : 2)
      var tags: [Int: Value] = [:]
      for _ in 0..<count {
        let (tag, type, length) = (number(entry, 2), number(entry + 2, 2), number(entry + 4, wide))
        let size = [1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 16: 8][type] ?? 0
        let place = size * length <= wide ? entry + 4 + wide : number(entry + 4 + wide, wide)
        if type == 2 {
          tags[tag] = .text(
            String(decoding: bytes[place..<place + length].prefix { $0 != 0 }, as: UTF8.self))
        } else {
          tags[tag] = .numbers(
            (0..<length).map { index in
              let start = place + size * index
              return type == 5
                ? Double(number(start, 4)) / Double(number(start + 4, 4))
                : Double(number(start, size))
            })
        }
        entry += 4 + 2 * wide
      }
      pages.append(tags)
      offset = number(entry, wide)
    }
    self.pages = pages
  }
}
