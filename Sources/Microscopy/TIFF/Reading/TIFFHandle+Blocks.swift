import CTIFF
import Compute

extension TIFFHandle {
  /// Checks that every strip or tile of the current page has data of its own inside the file;
  /// returns how many bytes they take. Nothing is decoded.
  func checkBlocks(of page: TIFFPage, type: SampleType, number: Int) throws(TIFFError) -> UInt64 {
    let name = page.tileWidth == nil ? "strip" : "tile"
    let count = unsafe Int(
      page.tileWidth == nil ? TIFFNumberOfStrips(tiff) : TIFFNumberOfTiles(tiff))
    let expected = page.blocksPerPlane * (page.isPlanar ? page.samplesPerPixel : 1)
    func error(expected: String, found: String) -> TIFFError {
      TIFFError(
        .corrupt, path, page: number, expected: expected, found: found, advice: Self.damaged)
    }
    guard count == expected else {
      throw error(expected: "\(expected) \(name)s", found: "\(count)")
    }
    let fileSize = fileSize
    var total: UInt64 = 0
    var end: UInt64 = 0
    var isOrdered = true
    for block in 0..<count {
      let (offset, size) = extent(ofBlock: block, of: page, type: type)
      guard offset > 0, size > 0 else {
        throw error(expected: "data for \(name) \(block + 1) of \(count)", found: "none")
      }
      guard size <= fileSize, offset <= fileSize - size else {
        throw error(
          expected: "\(size.counted("byte")) for \(name) \(block + 1) of \(count)",
          found: "\(fileSize - min(fileSize, offset)) up to the end of the file")
      }
      total += size
      if offset < end { isOrdered = false }
      end = max(end, offset + size)
    }
    if !isOrdered { try checkOverlap(of: page, type: type, count: count, name: name, error) }
    return total
  }

  /// Throws where two blocks share bytes.
  private func checkOverlap(
    of page: TIFFPage, type: SampleType, count: Int, name: String,
    _ error: (_ expected: String, _ found: String) -> TIFFError
  ) throws(TIFFError) {
    var blocks: [(number: Int, start: UInt64, end: UInt64)] = []
    for number in 0..<count {
      let (offset, size) = extent(ofBlock: number, of: page, type: type)
      blocks.append((number, offset, offset + size))
    }
    blocks.sort { a, b in a.start == b.start ? a.number < b.number : a.start < b.start }
    for (block, next) in zip(blocks, blocks.dropFirst()) where next.start < block.end {
      throw error(
        "\(name)s with data of their own",
        "\(name)s \(block.number + 1) and \(next.number + 1) that share bytes")
    }
  }

  /// Where the data of a strip or tile lie; of uncompressed data only what is needed counts, as
  /// some programs state too much for the last strip.
  private func extent(
    ofBlock block: Int, of page: TIFFPage, type: SampleType
  ) -> (offset: UInt64, size: UInt64) {
    let offset = unsafe TIFFGetStrileOffset(tiff, UInt32(block))
    let stated = unsafe TIFFGetStrileByteCount(tiff, UInt32(block))
    guard page.compression == TIFFPage.uncompressed else { return (offset, stated) }
    let rows: Int
    let rowBytes: Int
    if let width = page.tileWidth {
      rows = page.blockHeight
      rowBytes = type.rowBytes(width: width * page.interleaved)
    } else {
      let row = block % page.blocksPerPlane * page.blockHeight
      rows = min(page.blockHeight, page.height - row)
      rowBytes = page.rowBytes(of: type)
    }
    let (needed, overflow) = rows.multipliedReportingOverflow(by: rowBytes)
    return (offset, overflow ? .max : UInt64(needed))
  }
}

extension TIFFPage {
  /// The strips or tiles of a page, or of each sample where the page is planar.
  var blocksPerPlane: Int {
    guard blockHeight > 0, tileWidth != 0 else { return 0 }
    let rows = (height - 1) / blockHeight + 1
    return tileWidth.map { rows * ((width - 1) / $0 + 1) } ?? rows
  }
}
