import CTIFF
import Compute

extension TIFFHandle {
  /// The most that a byte of compressed data is believed to stand for; Zstandard's runs of one
  /// value reach 2^15.
  private static let largestRatio: UInt64 = 1 << 16

  /// Checks, before memory is taken, that the file holds data enough for the current page.
  func checkPlausible(byteCount: Int, of page: TIFFPage, number: Int) throws(TIFFError) {
    // libtiff repairs missing sizes by what the page needs, so the end of the file counts as well.
    let fileSize = fileSize
    let ratio = page.compression == TIFFPage.uncompressed ? 1 : Self.largestRatio
    let needed = (UInt64(byteCount) + ratio - 1) / ratio
    var stored: UInt64 = 0
    let blocks = unsafe page.tileWidth == nil ? TIFFNumberOfStrips(tiff) : TIFFNumberOfTiles(tiff)
    for block in 0..<blocks where stored < needed {
      let available = unsafe fileSize - min(fileSize, TIFFGetStrileOffset(tiff, block))
      unsafe stored += min(TIFFGetStrileByteCount(tiff, block), available)
    }
    guard stored >= needed else {
      throw TIFFError(
        .corrupt, path, page: number,
        expected: "data for \(page.width) × \(page.height) pixels (\(byteCount.counted("byte")))",
        found: "\(stored.counted("byte")), \(page.compressionName)", advice: Self.damaged)
    }
  }

  /// The decoded samples of the current page, row by row, in this machine's byte order: all samples
  /// of each pixel beside each other, or those of one `sample` (from 0) where the page is planar.
  func readPixels(
    of page: TIFFPage, type: SampleType, sample: Int = 0, number: Int
  ) throws(TIFFError) -> [UInt8] {
    let byteCount = page.byteCount(of: type)
    try checkPlausible(byteCount: byteCount, of: page, number: number)
    let predictor = try leftPredictor(of: page, type: type, number: number)
    _ = takeMessage()
    var pixels = [UInt8](repeating: 0, count: byteCount)
    let first = page.isPlanar ? sample * page.blocksPerPlane : 0
    let isComplete =
      isSensible(page)
      && page.tileWidth.map {
        readTiles(
          of: page, width: $0, type: type, first: first, predictor: predictor, into: &pixels)
      } ?? readStrips(of: page, type: type, first: first, into: &pixels)
    guard isComplete else {
      throw TIFFError(
        .corrupt, path, page: number,
        expected: "\(page.width) × \(page.height) pixels, \(page.compressionName)",
        found: takeMessage() ?? "less data", advice: Self.damaged)
    }
    if page.tileWidth == nil {
      undo(predictor, in: &pixels, rowBytes: page.rowBytes(of: type), of: page, type: type)
    }
    return pixels
  }

  /// The predictor of the current page that libtiff leaves in the decoded samples.
  ///
  /// - Throws: `TIFFError` where it cannot be undone.
  func leftPredictor(
    of page: TIFFPage, type: SampleType, number: Int
  ) throws(TIFFError) -> TIFFPredictor {
    try TIFFPredictor.left(
      stated: predictor, of: page, type: type, path: path, number: number)
  }

  /// Undoes a predictor in the rows of a page or tile.
  private func undo(
    _ predictor: TIFFPredictor, in pixels: inout [UInt8], rowBytes: Int, of page: TIFFPage,
    type: SampleType
  ) {
    predictor.undo(
      in: &pixels, rowBytes: rowBytes, samples: page.interleaved, type: type,
      isForeign: isBigEndian == (1.littleEndian == 1))
  }

  /// Whether the sizes in the headers of JBIG data are those of the page: the decoder ends the
  /// process where it gets no memory for larger ones.
  private func isSensible(_ page: TIFFPage) -> Bool {
    guard page.compression == TIFFPage.jbig else { return true }
    let count = unsafe page.tileWidth == nil ? TIFFNumberOfStrips(tiff) : TIFFNumberOfTiles(tiff)
    let width = page.tileWidth ?? page.width
    return (0..<count).allSatisfy { block in
      var header = [UInt8](repeating: 0xFF, count: 20)
      let size = unsafe header.withUnsafeMutableBytes { buffer in
        unsafe page.tileWidth == nil
          ? TIFFReadRawStrip(tiff, block, buffer.baseAddress, 20)
          : TIFFReadRawTile(tiff, block, buffer.baseAddress, 20)
      }
      guard size == 20 else { return false }
      // The bits of a byte may stand in either order.
      return [header, header.map(\.bitReversed)].contains { header in
        func number(_ offset: Int) -> Int {
          header[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        return number(4) <= width && number(8) <= max(page.blockHeight, page.height)
      }
    }
  }

  private func readStrips(
    of page: TIFFPage, type: SampleType, first: Int, into pixels: inout [UInt8]
  ) -> Bool {
    let rowBytes = page.rowBytes(of: type)
    guard page.blockHeight > 0 else { return false }
    return unsafe pixels.withUnsafeMutableBytes { buffer in
      for (strip, row) in stride(from: 0, to: page.height, by: page.blockHeight).enumerated() {
        let size = min(page.blockHeight, page.height - row) * rowBytes
        let target = unsafe buffer.baseAddress.map { unsafe $0 + row * rowBytes }
        guard
          unsafe TIFFReadEncodedStrip(tiff, UInt32(first + strip), target, tmsize_t(size)) == size
        else { return false }
      }
      return true
    }
  }

  private func readTiles(
    of page: TIFFPage, width: Int, type: SampleType, first: Int, predictor: TIFFPredictor,
    into pixels: inout [UInt8]
  ) -> Bool {
    let rowBytes = page.rowBytes(of: type)
    let tileRowBytes = type.rowBytes(width: width * page.interleaved)
    let size = unsafe TIFFTileSize64(tiff)
    // A tile may be larger than a small page, but not without measure.
    guard width > 0, page.blockHeight > 0, size <= UInt64(max(1 << 26, pixels.count)),
      Int(size) == tileRowBytes * page.blockHeight,
      (width * page.interleaved * type.bits).isMultiple(of: 8)
    else { return false }
    var tile = [UInt8](repeating: 0, count: Int(size))
    var index = UInt32(first)
    for row in stride(from: 0, to: page.height, by: page.blockHeight) {
      for column in stride(from: 0, to: page.width, by: width) {
        let read = unsafe tile.withUnsafeMutableBytes {
          unsafe TIFFReadEncodedTile(tiff, index, $0.baseAddress, tmsize_t(size))
        }
        guard read == Int(size) else { return false }
        undo(predictor, in: &tile, rowBytes: tileRowBytes, of: page, type: type)
        index += 1
        let start = column * page.interleaved * type.bits / 8
        let count = min(tileRowBytes, rowBytes - start)
        for y in 0..<min(page.blockHeight, page.height - row) {
          let offset = (row + y) * rowBytes + start
          let source = y * tileRowBytes
          pixels.replaceSubrange(offset..<offset + count, with: tile[source..<source + count])
        }
      }
    }
    return true
  }
}

extension UInt8 {
  /// The byte with its bits in the other order.
  fileprivate var bitReversed: UInt8 {
    (0..<8).reduce(0) { $0 << 1 | self >> $1 & 1 }
  }
}
