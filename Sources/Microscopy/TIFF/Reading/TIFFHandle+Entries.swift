import CTIFF
import Compute

extension TIFFHandle {
  /// The tags that say what a page is and where its pixels lie.
  private static let structure: Set<UInt16> = [
    256, 257, 258, 259, 262, 266, 270, 273, 277, 278, 279, 282, 283, 284, 322, 323, 324, 325, 338,
    339,
  ]

  /// The bytes that a value of each TIFF type takes, by the type's number.
  private static let sizes: [UInt64] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]

  /// Checks that the values of the current page's tags lie inside of the file.
  ///
  /// libtiff reads as many values as it needs and so forgives counts that are wrong; a file that
  /// states more than it can hold is damaged all the same.
  func checkEntries(number: Int) throws(TIFFError) {
    let word = isBigTIFF ? 8 : 4
    let start = directoryOffset
    let fileSize = fileSize
    guard let count = integer(at: start, size: isBigTIFF ? 8 : 2), count < 1 << 16 else { return }
    for entry in 0..<count {
      let position = start + UInt64(isBigTIFF ? 8 : 2) + entry * UInt64(4 + 2 * word)
      guard let tag = integer(at: position, size: 2), let type = integer(at: position + 2, size: 2),
        let values = integer(at: position + 4, size: word),
        let offset = integer(at: position + 4 + UInt64(word), size: word)
      else { return }
      guard Self.structure.contains(UInt16(truncatingIfNeeded: tag)), type < Self.sizes.count
      else { continue }
      let (bytes, overflow) = values.multipliedReportingOverflow(by: Self.sizes[Int(type)])
      if !overflow, bytes <= UInt64(word) { continue }
      guard !overflow, bytes <= fileSize, offset <= fileSize - bytes else {
        throw TIFFError(
          .corrupt, path, page: number, expected: "tags inside of the file",
          found: "\(values.counted("value")) of tag \(tag)", advice: Self.damaged)
      }
    }
  }

  /// The number of `size` bytes at a position in the file, nil behind its end.
  private func integer(at position: UInt64, size: Int) -> UInt64? {
    guard let seek = unsafe TIFFGetSeekProc(tiff), let read = unsafe TIFFGetReadProc(tiff) else {
      return nil
    }
    var bytes: UInt64 = 0
    let source = unsafe TIFFClientdata(tiff)
    // libtiff seeks before each of its own reads.
    guard unsafe seek(source, position, SEEK_SET) == position,
      unsafe withUnsafeMutableBytes(
        of: &bytes, { unsafe read(source, $0.baseAddress, tmsize_t(size)) })
        == tmsize_t(size)
    else { return nil }
    return isBigEndian ? bytes.bigEndian >> UInt64(64 - 8 * size) : bytes.littleEndian
  }
}
