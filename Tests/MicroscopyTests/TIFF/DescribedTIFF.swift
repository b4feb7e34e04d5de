import Foundation
import Microscopy
import TestSupport

/// Stacks of 5 × 4 pixels of 16 bits, described on their first page as a test wants it.
struct DescribedTIFF {
  /// The number of pages.
  var pages: Int
  /// The bytes of each ImageDescription of the first page, without the zero at their end.
  var descriptions: [[UInt8]]
  /// XResolution and YResolution as fractions, nil for none.
  var x: (UInt64, UInt64)?
  var y: (UInt64, UInt64)?
  /// ResolutionUnit, nil for none.
  var unit: UInt64?
  var isBig = false
  var samples: UInt64 = 1

  init(_ pages: Int, _ descriptions: String...) {
    self.pages = pages
    self.descriptions = descriptions.map { Array($0.utf8) }
  }

  /// The same with a resolution for x and y.
  func resolution(_ numerator: UInt64, _ denominator: UInt64, unit: UInt64? = 1) -> Self {
    var copy = self
    (copy.x, copy.y, copy.unit) = ((numerator, denominator), (numerator, denominator), unit)
    return copy
  }

  /// What is read of the file.
  func info(named name: String = "a.tif") throws -> TIFFInfo { try stack(named: name).info }

  /// The file, opened; it is removed already.
  func stack(named name: String = "a.tif") throws -> TIFFStack {
    try Fixture.withFolder { folder in
      try data.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      return try TIFFStack(opening: "\(folder)/\(name)")
    }
  }

  /// The error of opening the file, in one line.
  func error() -> String {
    do {
      return "none, but \(try info())"
    } catch {
      return "\(error)"
    }
  }

  private var data: Data {
    let size = 40 * samples
    let start = TIFFBytes.dataStart + (isBig ? 8 : 0)
    let list = (0..<pages).map { page -> [TIFFBytes.Tag] in
      var tags = TIFFBytes.page(width: 5, height: 4, bits: 16, offsets: [start], sizes: [size])
      tags.removeAll { $0.id == 277 || $0.id == 258 }
      tags.append(TIFFBytes.Tag(277, 3, [samples]))
      tags.append(TIFFBytes.Tag(258, 3, Array(repeating: 16, count: Int(samples))))
      guard page == 0 else { return tags }
      for text in descriptions { tags.append(TIFFBytes.Tag(270, 2, text.map(UInt64.init) + [0])) }
      for (id, pair) in [(UInt16(282), x), (283, y)] {
        if let pair { tags.append(TIFFBytes.Tag(id, 5, [pair.0 | pair.1 << 32])) }
      }
      if let unit { tags.append(TIFFBytes.Tag(296, 3, [unit])) }
      return tags
    }
    return TIFFBytes(list, data: Array(repeating: 1, count: Int(size)), isBig: isBig).file
  }
}
