import Foundation

/// Files that cannot be read as images, each with what its error must say.
public enum HostileTIFF {
  /// A file: its name, its bytes, and a part of the error that it must give.
  public struct Case: Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public let name: String
    /// Its content.
    public let bytes: Data
    /// What its error must contain.
    public let error: String
    /// Whether only decoding the pixels shows it.
    public var isHidden = false
    /// Its name.
    public var description: String { name }
  }

  /// Every kind of damage that files bring along.
  public static let cases: [Case] = {
    let plane = [UInt8](repeating: 7, count: 16)
    func page(_ offset: UInt64 = 8, width: UInt64 = 4, height: UInt64 = 4, size: UInt64 = 16)
      -> [TIFFBytes.Tag]
    { TIFFBytes.page(width: width, height: height, offsets: [offset], sizes: [size]) }
    func replacing(_ id: UInt16, _ tag: TIFFBytes.Tag?) -> [TIFFBytes.Tag] {
      page().filter { $0.id != id } + (tag.map { [$0] } ?? [])
    }
    let whole = TIFFBytes([page(), page(), page()], data: plane).file
    // Runs of one byte: 2 bytes for 128, as PackBits has them.
    let run = (0..<2048).flatMap { _ in [0x81, 0] as [UInt8] }
    return [
      Case(name: "empty", bytes: Data(), error: "an empty file"),
      Case(name: "text", bytes: Data("a text\n".utf8), error: "does not begin as a TIFF"),
      Case(name: "png", bytes: Data([0x89, 0x50, 0x4E, 0x47, 13, 10]), error: "a PNG image"),
      Case(name: "zip", bytes: Data([0x50, 0x4B, 3, 4, 0, 0]), error: "a zip archive"),
      Case(name: "header-only", bytes: whole.prefix(8), error: "damaged or incomplete"),
      Case(name: "half-header", bytes: whole.prefix(6), error: "damaged or incomplete"),
      Case(name: "cut-directory", bytes: whole.dropLast(20), error: "damaged or incomplete"),
      Case(
        name: "cut-data",
        bytes: TIFFBytes([page(width: 64, height: 64, size: 4096)], data: plane).file,
        error: "expected 4096 bytes for strip 1 of 1"),
      Case(
        name: "data-behind-the-end", bytes: TIFFBytes([page(1 << 30)], data: plane).file,
        error: "up to the end of the file"),
      Case(
        name: "loop-to-itself", bytes: TIFFBytes([page()], data: plane, next: 0).file,
        error: "page 2"),
      Case(
        name: "loop-of-three",
        bytes: TIFFBytes([page(), page(), page()], data: plane, next: 1).file,
        error: "page 4"),
      Case(
        name: "absurd-page",
        bytes: TIFFBytes([page(width: 1_000_000, height: 1_000_000)], data: plane).file,
        error: "raise the limit"),
      Case(
        name: "absurd-within-limits",
        bytes: TIFFBytes([page(width: 40000, height: 40000)], data: plane).file,
        error: "up to the end of the file"),
      Case(
        name: "largest-numbers",
        bytes: TIFFBytes([page(width: .max >> 32, height: .max >> 32)], data: plane).file,
        error: "expected"),
      Case(
        name: "no-pixels", bytes: TIFFBytes([page(width: 0, height: 4)], data: plane).file,
        error: "expected"),
      Case(
        name: "no-strips", bytes: TIFFBytes([replacing(273, nil)], data: plane).file,
        error: "damaged or incomplete"),
      Case(
        name: "empty-strips",
        bytes: TIFFBytes(
          [TIFFBytes.page(width: 4, height: 4, compression: 5, offsets: [0], sizes: [0])],
          data: plane
        ).file, error: "data for strip 1 of 1, found none"),
      Case(
        name: "compressed-data-missing",
        bytes: TIFFBytes(
          [
            TIFFBytes.page(
              width: 4, height: 4, compression: 32773, rowsPerStrip: 1,
              offsets: [8, 12, 16, 99999],
              sizes: [4, 4, 4, 4])
          ], data: plane
        ).file, error: "for strip 4 of 4"),
      Case(
        name: "too-few-strips",
        bytes: TIFFBytes(
          [
            TIFFBytes.page(
              width: 4, height: 4, compression: 32773, rowsPerStrip: 1, offsets: [8, 12],
              sizes: [4, 4])
          ], data: plane
        ).file, error: "expected"),
      Case(
        name: "absurd-count-of-strips",
        bytes: TIFFBytes(
          [replacing(273, .init(273, 4, [8, 8], statedCount: 0xFFFF_FFFF))], data: plane
        ).file,
        error: "expected"),
      Case(
        name: "absurd-count-of-bits",
        bytes: TIFFBytes(
          [replacing(258, .init(258, 3, [8, 8, 8], statedCount: 0x7FFF_FFFF))], data: plane
        ).file,
        error: "expected"),
      Case(
        name: "absurd-samples",
        bytes: TIFFBytes([replacing(277, .init(277, 3, [65535]))], data: plane).file,
        error: "expected"),
      Case(
        name: "overlapping-tiles",
        bytes: TIFFBytes(
          [
            TIFFBytes.tiledPage(
              width: 32, height: 32, tile: 16, offsets: [8, 8, 136, 264],
              sizes: [256, 256, 256, 256])
          ], data: [UInt8](repeating: 1, count: 1024)
        ).file, error: "tiles 1 and 2 that share bytes"),
      Case(
        name: "overlapping-strips",
        bytes: TIFFBytes(
          [
            TIFFBytes.page(
              width: 4, height: 4, rowsPerStrip: 2, offsets: [8, 10], sizes: [8, 8])
          ], data: plane
        ).file, error: "strips 1 and 2 that share bytes"),
      Case(
        name: "absurd-tiles",
        bytes: TIFFBytes(
          [
            TIFFBytes.tiledPage(
              width: 4, height: 4, tile: 65520, offsets: [8], sizes: [16])
          ], data: plane
        ).file, error: "expected"),
      Case(
        name: "planes-that-are-not-there",
        bytes: TIFFBytes(
          [
            TIFFBytes.page(
              width: 4, height: 4, offsets: [8], sizes: [16],
              description: "ImageJ=1.53t\nimages=1000000000\nslices=1000000000\n")
          ], data: plane
        ).file, error: "planes"),
      Case(
        name: "impossible-counts",
        bytes: TIFFBytes(
          [
            TIFFBytes.page(
              width: 4, height: 4, offsets: [8], sizes: [16],
              description: "ImageJ=1.53t\nslices=9223372036854775807\nframes=9223372036854775807\n")
          ], data: plane
        ).file, error: "expected"),
      Case(
        name: "bomb",
        bytes: bomb(pages: 80), error: "if you trust it"),
      Case(
        name: "runs-that-end-early",
        bytes: TIFFBytes(
          [
            TIFFBytes.page(
              width: 1024, height: 1024, compression: 32773, offsets: [8],
              sizes: [UInt64(run.count)])
          ], data: run
        ).file, error: "expected", isHidden: true),
      Case(
        name: "different-pages",
        bytes: TIFFBytes([page(), page(width: 2)], data: plane).file,
        error: "page 2: expected 4 × 4"),
    ]
  }()

  /// Planes of 1024² zeros that LZW shrinks to a thousandth: as many pages as make a volume above
  /// the size from which that is suspicious.
  public static func bomb(pages count: Int) -> Data {
    // LZW of zeros, as TIFF has it: clear, then codes of ever longer runs, 9 to 12 bits each.
    var bits: [Bool] = []
    func append(_ code: Int, _ width: Int) {
      for bit in (0..<width).reversed() { bits.append(code >> bit & 1 == 1) }
    }
    var left = 1024 * 1024
    while left > 0 {
      append(256, bits.isEmpty ? 9 : 12)
      var next = 258
      var length = 1
      while left > 0, next < 4094 {
        let width = next < 512 ? 9 : next < 1024 ? 10 : next < 2048 ? 11 : 12
        // The code for a run of `length` zeros, as long as so many are left.
        if length > left {
          append(left == 1 ? 0 : 256 + left, width)
          left = 0
        } else {
          append(length == 1 ? 0 : 256 + length, width)
          left -= length
        }
        length += 1
        next += 1
      }
    }
    append(257, 12)
    while !bits.count.isMultiple(of: 8) { bits.append(false) }
    let data = stride(from: 0, to: bits.count, by: 8).map { start in
      bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
    }
    let pages = (0..<count).map { _ in
      TIFFBytes.page(
        width: 1024, height: 1024, compression: 5, offsets: [8], sizes: [UInt64(data.count)])
    }
    return TIFFBytes(pages, data: data).file
  }
}
