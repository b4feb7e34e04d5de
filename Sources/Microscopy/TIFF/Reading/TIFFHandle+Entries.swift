import CTIFF
import Compute

extension TIFFHandle {
  /// An entry of a page's directory.
  struct Entry {
    let tag: UInt16
    let type: Int
    /// The number of values.
    let count: UInt64
    /// Where the values lie in the file.
    let position: UInt64
    /// The bytes that the values take; nil where the type is unknown or the number absurd.
    let byteCount: UInt64?
  }

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
    let fileSize = fileSize
    for entry in entries(where: Self.structure.contains) where entry.type < Self.sizes.count {
      guard let bytes = entry.byteCount, bytes <= fileSize, entry.position <= fileSize - bytes
      else {
        throw TIFFError(
          .corrupt, path, page: number, expected: "tags inside of the file",
          found: "\(entry.count.counted("value")) of tag \(entry.tag)", advice: Self.damaged)
      }
    }
  }

  /// The entries of the current page's directory whose tags are wanted, in their order, as far as
  /// the file holds them.
  ///
  /// libtiff gives the first of several entries of a tag, texts as far as their first zero, and
  /// fractions as 32-bit floats.
  func entries(where isWanted: (UInt16) -> Bool) -> [Entry] {
    let word = isBigTIFF ? 8 : 4
    let start = directoryOffset
    guard let count = integer(at: start, size: isBigTIFF ? 8 : 2), count < 1 << 16 else {
      return []
    }
    var entries: [Entry] = []
    for entry in 0..<count {
      let position = start + UInt64(isBigTIFF ? 8 : 2) + entry * UInt64(4 + 2 * word)
      guard let tag = integer(at: position, size: 2).map({ UInt16(truncatingIfNeeded: $0) }) else {
        break
      }
      guard isWanted(tag) else { continue }
      let place = position + 4 + UInt64(word)
      guard let type = integer(at: position + 2, size: 2),
        let values = integer(at: position + 4, size: word),
        let offset = integer(at: place, size: word)
      else { break }
      let size = type < Self.sizes.count ? Self.sizes[Int(type)] : 0
      let (bytes, overflow) = values.multipliedReportingOverflow(by: size)
      let isInline = !overflow && bytes <= UInt64(word)
      entries.append(
        Entry(
          tag: tag, type: Int(type), count: values, position: isInline ? place : offset,
          byteCount: overflow || size == 0 && type >= Self.sizes.count ? nil : bytes))
    }
    return entries
  }

  /// The number of `size` bytes at a position in the file, nil behind its end.
  func integer(at position: UInt64, size: Int) -> UInt64? {
    var bytes: UInt64 = 0
    let isRead = unsafe withUnsafeMutableBytes(of: &bytes) {
      unsafe read(at: position, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<size]))
    }
    guard isRead else { return nil }
    return isBigEndian ? bytes.bigEndian >> UInt64(64 - 8 * size) : bytes.littleEndian
  }

  /// The bytes of an entry's values; nil where they lie outside of the file.
  func bytes(of entry: Entry) -> [UInt8]? {
    let fileSize = fileSize
    guard let count = entry.byteCount, count <= fileSize, entry.position <= fileSize - count else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: Int(count))
    let isRead = unsafe bytes.withUnsafeMutableBytes { unsafe read(at: entry.position, into: $0) }
    return isRead ? bytes : nil
  }

  private func read(at position: UInt64, into target: UnsafeMutableRawBufferPointer) -> Bool {
    guard let seek = unsafe TIFFGetSeekProc(tiff), let read = unsafe TIFFGetReadProc(tiff) else {
      return false
    }
    // libtiff seeks before each of its own reads.
    let source = unsafe TIFFClientdata(tiff)
    return unsafe seek(source, position, SEEK_SET) == position
      && read(source, target.baseAddress, tmsize_t(target.count)) == tmsize_t(target.count)
  }
}
