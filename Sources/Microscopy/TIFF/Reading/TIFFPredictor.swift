import Compute

/// What TIFF's Predictor does to the samples of a row before they are compressed.
enum TIFFPredictor: Int, Sendable {
  /// Nothing.
  case none = 1
  /// Each sample is stored as its difference from the one before it of the same color.
  case horizontal = 2
  /// The bytes of a row of floats, the most significant of all of them first, as differences.
  case floatingPoint = 3

  /// The codecs whose predictors libtiff undoes: LZW, both Deflates, PixarLog, LZMA and Zstandard.
  private static let undoneByLibtiff: Set<Int> = [5, 8, 32909, 32946, 34925, 50000]
  private static let packBits = 32773
  private static let lerc = 34887

  /// What is left to undo in the decoded samples of a page.
  ///
  /// libtiff ignores the predictor of every other codec. tifffile writes it with PackBits and LERC
  /// and undoes it; LERC does not keep the floats of the third kind. Of other codecs and of
  /// uncompressed pixels programs differ, so those pages are refused.
  ///
  /// - Throws: `TIFFError` where values would be wrong.
  static func left(
    stated: Int, of page: TIFFPage, type: SampleType, path: String, number: Int
  ) throws(TIFFError) -> TIFFPredictor {
    if stated == Self.none.rawValue || undoneByLibtiff.contains(page.compression) { return .none }
    let isWhole = type.bits >= 8 && type == type.unpacked
    switch (TIFFPredictor(rawValue: stated), page.compression) {
    case (.horizontal, packBits) where isWhole, (.horizontal, lerc) where isWhole:
      return .horizontal
    case (.floatingPoint, packBits) where !type.isInteger:
      return .floatingPoint
    default:
      let codec =
        page.compression == TIFFPage.uncompressed
        ? "without compression" : "with \(page.compressionName)"
      throw TIFFError(
        .unsupported, path, page: number,
        expected: "a Predictor that belongs to the codec",
        found: "Predictor \(stated) \(codec), for samples of \(type)",
        advice: "save the image with Deflate, LZW or Zstandard")
    }
  }

  /// Undoes the predictor in rows of `rowBytes` bytes, in this machine's byte order.
  ///
  /// - Parameters:
  ///   - samples: Samples of a pixel that lie beside each other.
  ///   - isForeign: Whether the file has the other byte order, which libtiff has turned.
  func undo(
    in pixels: inout [UInt8], rowBytes: Int, samples: Int, type: SampleType, isForeign: Bool
  ) {
    guard self != .none, rowBytes > 0 else { return }
    let size = type.bits / 8
    // The bytes of floats were mixed, and must not have been turned.
    if self == .floatingPoint, isForeign { pixels.reverseBytes(ofEach: size) }
    for start in stride(from: 0, to: pixels.count - rowBytes + 1, by: rowBytes) {
      let row = start..<start + rowBytes
      switch (self, size) {
      case (.none, _): break
      case (.floatingPoint, _): Self.unmix(&pixels, row, samples: samples, size: size)
      case (.horizontal, 1): Self.sum(UInt8.self, &pixels, row, samples: samples)
      case (.horizontal, 2): Self.sum(UInt16.self, &pixels, row, samples: samples)
      case (.horizontal, 4): Self.sum(UInt32.self, &pixels, row, samples: samples)
      default: Self.sum(UInt64.self, &pixels, row, samples: samples)
      }
    }
  }

  /// Adds to each number of a row the one `samples` before it.
  private static func sum<Number: FixedWidthInteger & BitwiseCopyable>(
    _: Number.Type, _ pixels: inout [UInt8], _ row: Range<Int>, samples: Int
  ) {
    unsafe pixels.withUnsafeMutableBytes { bytes in
      let size = MemoryLayout<Number>.size
      for index in stride(from: row.lowerBound + samples * size, to: row.upperBound, by: size) {
        let before = unsafe bytes.loadUnaligned(
          fromByteOffset: index - samples * size, as: Number.self)
        let difference = unsafe bytes.loadUnaligned(fromByteOffset: index, as: Number.self)
        unsafe bytes.storeBytes(of: before &+ difference, toByteOffset: index, as: Number.self)
      }
    }
  }

  /// Sums the bytes of a row and puts together the floats whose bytes they are.
  private static func unmix(
    _ pixels: inout [UInt8], _ row: Range<Int>, samples: Int, size: Int
  ) {
    var bytes = Array(pixels[row])
    for index in bytes.indices.dropFirst(samples) { bytes[index] &+= bytes[index - samples] }
    let count = row.count / size
    for number in 0..<count {
      for byte in 0..<size {
        // Planes of bytes follow each other from the most to the least significant.
        let place = 1.littleEndian == 1 ? size - 1 - byte : byte
        pixels[row.lowerBound + number * size + place] = bytes[byte * count + number]
      }
    }
  }
}
