import CTIFF
import Compute
import Foundation

/// An open libtiff handle: the only place where libtiff is called, with its extensions.
///
/// Not `Sendable`: each thread opens its own. The messages of libtiff are kept in a log of the
/// handle and become part of the errors thrown here.
@safe
final class TIFFHandle {
  let tiff: OpaquePointer
  // libtiff keeps the address of the log, so it lives on the heap as long as the handle does.
  private let log: UnsafeMutablePointer<MorulaTIFFLog>
  let path: String

  /// The most that libtiff may allocate at once: a compressed strip of 1 GiB.
  private static let largestAllocation: Int64 = 1 << 30

  /// Opens an existing file at its first page, or at the page whose directory begins at `offset`,
  /// `number` (from 1) for errors; the pages before that one are out of reach then.
  ///
  /// Not mapped into memory (`m`), so that a file which another program shortens meanwhile gives an
  /// error and not a signal; large strips are read whole (`c`) and not in pieces of 8 KiB.
  init(reading path: String, at offset: UInt64? = nil, number: Int = 1) throws(TIFFError) {
    try TIFFSignature.check(path)
    unsafe (tiff, log) = try unsafe Self.open(path) { log in
      unsafe path.withPathBytes {
        unsafe morula_tiff_open($0, offset ?? 0, log, Self.largestAllocation)
      }
    } onFailure: { message throws(TIFFError) in
      throw TIFFError(
        .corrupt, path, page: number, expected: "a readable TIFF",
        found: message ?? "a damaged file", advice: Self.damaged)
    }
    self.path = path
  }

  /// Creates or replaces a file, as BigTIFF where asked.
  init(writing path: String, big: Bool) throws(TIFFError) {
    var code: Int32 = 0
    unsafe (tiff, log) = try unsafe Self.open(path) { log in
      errno = 0
      let tiff = unsafe path.withPathBytes {
        unsafe morula_tiff_create($0, big ? "w8" : "w", log, Self.largestAllocation)
      }
      // The library's message does not tell a full disk from other reasons.
      if unsafe tiff == nil { code = errno }
      return unsafe tiff
    } onFailure: { message throws(TIFFError) in
      throw TIFFError(
        .notWritten, path, expected: "a file that can be written",
        found: message ?? "no access", advice: "check the folder, its permissions and free space",
        systemCode: code)
    }
    self.path = path
  }

  deinit {
    unsafe TIFFClose(tiff)
    unsafe log.deallocate()
  }

  static let damaged: Advice =
    "the file is damaged or incomplete: copy it again or save it with the program that made it"

  private static func open(
    _ path: String, _ handle: (UnsafeMutablePointer<MorulaTIFFLog>) -> OpaquePointer?,
    onFailure: (String?) throws(TIFFError) -> Never
  ) throws(TIFFError) -> (OpaquePointer, UnsafeMutablePointer<MorulaTIFFLog>) {
    let log = UnsafeMutablePointer<MorulaTIFFLog>.allocate(capacity: 1)
    unsafe log.initialize(to: MorulaTIFFLog())
    errno = 0
    guard let tiff = unsafe handle(log) else {
      let code = errno
      let message =
        unsafe text(of: &log.pointee.error) ?? (code == 0 ? nil : FileError(path, code).reason)
      unsafe log.deallocate()
      try onFailure(message)
    }
    return unsafe (tiff, log)
  }

  private static func text<Characters>(of characters: inout Characters) -> String? {
    let text = unsafe withUnsafeBytes(of: &characters) {
      unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.isEmpty ? nil : line
  }

  /// The first error since the last call.
  func takeMessage() -> String? {
    defer { unsafe log.pointee.error.0 = 0 }
    return unsafe Self.text(of: &log.pointee.error)
  }

  // MARK: The file

  /// Whether numbers are stored with their most significant byte first.
  var isBigEndian: Bool { unsafe TIFFIsBigEndian(tiff) != 0 }
  /// Whether offsets have 64 bits.
  var isBigTIFF: Bool { unsafe TIFFIsBigTIFF(tiff) != 0 }
  /// Where the current page's directory begins in the file.
  var directoryOffset: UInt64 { unsafe TIFFCurrentDirOffset(tiff) }

  /// Moves to the next page, `number` (from 1) for errors; false after the last one.
  func nextPage(_ number: Int) throws(TIFFError) -> Bool {
    _ = takeMessage()
    if unsafe TIFFLastDirectory(tiff) != 0 { return false }
    guard unsafe TIFFReadDirectory(tiff) != 0 else {
      throw TIFFError(
        .corrupt, path, page: number, expected: "another page",
        found: takeMessage() ?? "a damaged or looping list of pages", advice: Self.damaged)
    }
    return true
  }

  // MARK: Tags

  private func number16(_ tag: Int32) -> Int? {
    var value: UInt16 = 0
    return unsafe morula_tiff_get_uint16(tiff, UInt32(tag), &value) == 0 ? nil : Int(value)
  }

  private func number32(_ tag: Int32) -> Int? {
    var value: UInt32 = 0
    return unsafe morula_tiff_get_uint32(tiff, UInt32(tag), &value) == 0 ? nil : Int(value)
  }

  /// A number that libtiff keeps as a float, nil where not stated.
  func float(_ tag: Int32) -> Float? {
    var value: Float = 0
    return unsafe morula_tiff_get_float(tiff, UInt32(tag), &value) == 0 ? nil : value
  }

  /// What ImageJ keeps beside its description, nil where there is nothing.
  var imageJMetadata: ImageJMetadata? {
    var count: UInt32 = 0
    var data: UnsafeRawPointer?
    guard unsafe morula_tiff_get_array(tiff, 50_838, TIFF_LONG, &count, &data) != 0,
      let first = unsafe data
    else { return nil }
    let lengths = unsafe [UInt32](
      UnsafeRawBufferPointer(start: first, count: 4 * Int(count)).bindMemory(to: UInt32.self))
    guard unsafe morula_tiff_get_array(tiff, 50_839, TIFF_BYTE, &count, &data) != 0,
      let second = unsafe data
    else { return nil }
    let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: second, count: Int(count)))
    return ImageJMetadata(lengths: lengths, bytes: bytes)
  }

  /// The tags of the current page.
  var page: TIFFPage {
    let isTiled = unsafe TIFFIsTiled(tiff) != 0
    let height = number32(TIFFTAG_IMAGELENGTH) ?? 0
    let depths = [number32(TIFFTAG_IMAGEDEPTH), isTiled ? number32(TIFFTAG_TILEDEPTH) : nil]
    let compression = number16(TIFFTAG_COMPRESSION) ?? TIFFPage.uncompressed
    let photometric = number16(TIFFTAG_PHOTOMETRIC) ?? 1
    // What libtiff converts must be said before anything is asked about sizes.
    if compression == TIFFPage.jpeg, photometric == TIFFPage.Photometric.yCbCr {
      _ = unsafe morula_tiff_set_int(tiff, UInt32(TIFFTAG_JPEGCOLORMODE), JPEGCOLORMODE_RGB)
    }
    if TIFFPage.sgiLog.contains(compression), photometric == TIFFPage.Photometric.logL {
      _ = unsafe morula_tiff_set_int(tiff, UInt32(TIFFTAG_SGILOGDATAFMT), SGILOGDATAFMT_FLOAT)
    }
    let samplesPerPixel = number16(TIFFTAG_SAMPLESPERPIXEL) ?? 1
    return TIFFPage(
      width: number32(TIFFTAG_IMAGEWIDTH) ?? 0, height: height,
      bitsPerSample: number16(TIFFTAG_BITSPERSAMPLE) ?? 1,
      sampleFormat: number16(TIFFTAG_SAMPLEFORMAT) ?? 1, samplesPerPixel: samplesPerPixel,
      isPlanar: samplesPerPixel > 1
        && number16(TIFFTAG_PLANARCONFIG) == Int(PLANARCONFIG_SEPARATE),
      photometric: photometric, depth: depths.compactMap { $0 }.max() ?? 1,
      compression: compression,
      isDecodable: TIFFIsCODECConfigured(UInt16(compression)) != 0,
      blockHeight: isTiled
        ? number32(TIFFTAG_TILELENGTH) ?? 0
        : min(max(1, height), number32(TIFFTAG_ROWSPERSTRIP) ?? max(1, height)),
      tileWidth: isTiled ? number32(TIFFTAG_TILEWIDTH) ?? 0 : nil)
  }

  /// The offset and the size in the file of the first strip or tile.
  var firstBlock: (offset: UInt64, size: UInt64) {
    unsafe (TIFFGetStrileOffset(tiff, 0), TIFFGetStrileByteCount(tiff, 0))
  }

  /// The size of the file in bytes.
  var fileSize: UInt64 { unsafe TIFFGetSizeProc(tiff).map { unsafe $0(TIFFClientdata(tiff)) } ?? 0 }
}
