import Compute
import Foundation

/// Reads the planes of a stack through one open file, for one thread.
final class PlaneReader {
  private let stack: TIFFStack
  /// Where the pages have directories of their own: the file at `page` (from 0).
  private var current: (handle: TIFFHandle, page: Int)?
  /// Where they have none.
  private let file: FileHandle?

  init(_ stack: TIFFStack) {
    self.stack = stack
    file = stack.contiguousOffset == nil ? nil : try? FileSystem.open(reading: stack.path)
  }

  deinit { try? file?.close() }

  /// Checks that the file holds enough data for a page (from 0), reading none of it.
  func checkPlausible(page: Int) throws(TIFFError) {
    guard stack.contiguousOffset == nil else { return }
    let (handle, tags) = try move(to: page)
    try handle.checkPlausible(
      byteCount: tags.byteCount(of: stack.info.sampleType), of: tags, number: page + 1)
  }

  /// The samples of a page (from 0), row by row, in this machine's byte order: all samples of each
  /// pixel beside each other, or those of one `sample` where the page is planar.
  func read(page: Int, sample: Int) throws(TIFFError) -> [UInt8] {
    if stack.contiguousOffset == nil {
      let (handle, tags) = try move(to: page)
      return try handle.readPixels(
        of: tags, type: stack.info.sampleType, sample: sample, number: page + 1)
    }
    let type = stack.info.sampleType
    let byteCount =
      type.rowBytes(width: stack.info.extent.width * stack.interleaved) * stack.info.extent.height
    let offset = (stack.contiguousOffset ?? 0) + UInt64(page) * UInt64(byteCount)
    var pixels: [UInt8] = []
    if let file, (try? file.seek(toOffset: offset)) != nil,
      let data = try? file.read(upToCount: byteCount)
    {
      pixels = Array(data)
    }
    guard pixels.count == byteCount else {
      throw TIFFError(
        .corrupt, stack.path, page: page + 1,
        expected: "\(byteCount.counted("byte")) at offset \(offset)",
        found: "\(pixels.count)", advice: "the file is incomplete: copy it again")
    }
    let isForeign = (stack.info.byteOrder == .bigEndian) == (1.littleEndian == 1)
    if isForeign { pixels.reverseBytes(ofEach: type.bits / 8) }
    return pixels
  }

  /// Moves to a page and checks that it is still as it was when the stack was opened.
  ///
  /// The pages of a frame mostly follow each other in the file, so the next ones are walked to; any
  /// other one is opened anew, in constant time.
  private func move(to page: Int) throws(TIFFError) -> (handle: TIFFHandle, tags: TIFFPage) {
    let handle: TIFFHandle
    if let current, current.page...(current.page + Self.longestWalk) ~= page {
      handle = current.handle
      for next in current.page..<page {
        guard try handle.nextPage(next + 2) else { throw stack.changedError(page: page) }
      }
    } else {
      handle = try TIFFHandle(reading: stack.path, at: stack.offsets[page], number: page + 1)
    }
    current = (handle, page)
    guard handle.directoryOffset == stack.offsets[page] else {
      throw stack.changedError(page: page)
    }
    let tags = handle.page
    let type = try tags.checked(
      path: stack.path, page: page + 1, limits: stack.limits)
    try stack.checkAlike(tags, type: type, page: page)
    return (handle, tags)
  }

  /// Walking over this many pages takes about as long as opening the file.
  private static let longestWalk = 8
}
