import Compute
import Foundation

/// An uncompressed stack: header, the voxels of all planes in one run, then the pages' directories.
///
/// libtiff would put each directory behind its plane. ImageJ reads only the first directory of an
/// uncompressed stack and expects `images` planes without gaps, so these files are laid out here.
/// TIFF 6.0, sections 2 and 8; BigTIFF as libtiff documents it.
final class ContiguousStackFile: StackFile {
  private let path: String
  private let file: FileHandle
  private let page: StackPage
  private let isBig: Bool
  private var pages = 0

  init(_ path: String, page: StackPage, isBig: Bool) throws(TIFFError) {
    do throws(FileError) { file = try FileSystem.open(writing: path) } catch {
      throw TIFFError(
        .notWritten, path, expected: "a file that can be written", found: error.reason,
        advice: error.advice)
    }
    self.path = path
    self.page = page
    self.isBig = isBig
    try write(header(firstPage: 0))
  }

  deinit { try? file.close() }

  func append(_ plane: [UInt8]) throws(TIFFError) {
    precondition(
      plane.count == page.byteCount,
      "a plane of \(plane.count) bytes is not \(page.width) × \(page.height) of \(page.type)")
    try write(Data(plane))
    pages += 1
  }

  func finish(description: String) throws(TIFFError) {
    let start = headerSize + UInt64(pages) * planeSize
    var tail = TIFFDirectories(offset: start, isBig: isBig)
    tail.align()
    let first = tail.position
    for number in 0..<pages {
      tail.append(
        entries(offset: headerSize + UInt64(number) * planeSize)
          + (number == 0 ? firstEntries(description) : []), isLast: number == pages - 1)
      if tail.bytes.count > 1 << 22 || number == pages - 1 { try write(tail.take()) }
    }
    guard isBig || tail.position <= UInt64(UInt32.max) else {
      throw TIFFError(
        .notWritten, path, expected: "a file below 4 GiB", found: "\(tail.position) bytes",
        advice: "announce the number of frames, or write fewer")
    }
    do {
      try file.seek(toOffset: 0)
      try file.write(contentsOf: header(firstPage: first))
      try file.synchronize()
    } catch { throw writeError(error) }
  }

  private var headerSize: UInt64 { isBig ? 16 : 8 }
  private var planeSize: UInt64 { UInt64(page.byteCount) }

  private func header(firstPage: UInt64) -> Data {
    var data = Data((1.littleEndian == 1 ? "II" : "MM").utf8)
    if isBig {
      for value in [43, 8, 0] as [UInt16] { data.append(native: value) }
      data.append(native: firstPage)
    } else {
      data.append(native: 42 as UInt16)
      data.append(native: UInt32(truncatingIfNeeded: firstPage))
    }
    return data
  }

  private func entries(offset: UInt64) -> [TIFFDirectories.Entry] {
    var entries: [TIFFDirectories.Entry] = [
      .long(256, page.width), .long(257, page.height), .short(258, page.type.bits),
      .short(259, TIFFPage.uncompressed), .short(262, 1), .offset(273, offset), .short(277, 1),
      .long(278, page.height), .offset(279, planeSize),
      .short(339, page.type.format),
    ]
    if let size = page.pixelSize {
      entries += [.inverse(282, of: size.x), .inverse(283, of: size.y), .short(296, 1)]
    }
    return entries
  }

  private func firstEntries(_ description: String) -> [TIFFDirectories.Entry] {
    let metadata = page.metadata.map { metadata -> [TIFFDirectories.Entry] in
      let (lengths, bytes) = metadata.blocks
      return [.longs(50_838, lengths), .bytes(50_839, bytes)]
    }
    return [.text(270, description)] + (metadata ?? [])
  }

  private func write(_ data: Data) throws(TIFFError) {
    do { try file.write(contentsOf: data) } catch { throw writeError(error) }
  }

  private func writeError(_ error: any Error) -> TIFFError {
    let error = FileError(path, wrapping: error)
    return TIFFError(
      .notWritten, path, expected: "every byte written", found: error.reason, advice: error.advice,
      systemCode: error.code)
  }
}
