import CTIFF
import Foundation

/// An open libtiff handle: the only place where libtiff is called.
///
/// Not `Sendable`: each thread opens its own. The messages of libtiff are kept in a log of the handle
/// and become part of the errors thrown here.
final class TIFFHandle {
  private let tiff: OpaquePointer
  // libtiff keeps the address of the log, so it lives on the heap as long as the handle does.
  private let log: UnsafeMutablePointer<MorulaTIFFLog>
  let path: String

  /// The most that libtiff may allocate at once: a strip or tile of 4 GiB.
  private static let largestAllocation: Int64 = 1 << 32

  /// Opens an existing file at its first page, or at the page whose directory begins at `offset`,
  /// `number` (from 1) for errors; the pages before that one are out of reach then.
  ///
  /// Not mapped into memory (`m`), so that a file which another program shortens meanwhile gives an
  /// error and not a signal; large strips are read whole (`c`) and not in pieces of 8 KiB.
  init(reading path: String, at offset: UInt64? = nil, number: Int = 1) throws(TIFFError) {
    try Self.checkIsTIFF(path)
    (tiff, log) = try Self.open(path) { log in
      guard let offset else { return morula_tiff_open(path, "rmc", log, Self.largestAllocation) }
      return morula_tiff_open_at(path, offset, log, Self.largestAllocation)
    } onFailure: { message throws(TIFFError) in
      throw TIFFError(
        .corrupt, path, page: number, expected: "a readable TIFF",
        found: message ?? "a damaged file", advice: Self.damaged)
    }
    self.path = path
  }

  /// Creates or replaces a file, as BigTIFF where asked.
  init(writing path: String, big: Bool) throws(TIFFError) {
    (tiff, log) = try Self.open(path) { log in
      morula_tiff_open(path, big ? "w8" : "w", log, Self.largestAllocation)
    } onFailure: { message throws(TIFFError) in
      throw TIFFError(
        .notWritten, path, expected: "a file that can be written",
        found: message ?? "no access", advice: "check the folder, its permissions and free space")
    }
    self.path = path
  }

  deinit {
    TIFFClose(tiff)
    log.deallocate()
  }

  private static let damaged =
    "the file is damaged or incomplete: copy it again or save it with the program that made it"

  private static func open(
    _ path: String, _ handle: (UnsafeMutablePointer<MorulaTIFFLog>) -> OpaquePointer?,
    onFailure: (String?) throws(TIFFError) -> Never
  ) throws(TIFFError) -> (OpaquePointer, UnsafeMutablePointer<MorulaTIFFLog>) {
    let log = UnsafeMutablePointer<MorulaTIFFLog>.allocate(capacity: 1)
    log.initialize(to: MorulaTIFFLog())
    guard let tiff = handle(log) else {
      let message = text(of: &log.pointee.error)
      log.deallocate()
      try onFailure(message)
    }
    return (tiff, log)
  }

  /// Throws a clear error for what cannot be a TIFF.
  private static func checkIsTIFF(_ path: String) throws(TIFFError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw TIFFError(
        .missing, path, expected: "a TIFF file", found: "no such file", advice: "check the path")
    }
    guard !isFolder.boolValue else {
      throw TIFFError(
        .notTIFF, path, expected: "a TIFF file", found: "a folder",
        advice: "name a file inside it")
    }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw TIFFError(
        .missing, path, expected: "a readable file", found: "no permission to read it",
        advice: "check its permissions")
    }
    defer { try? file.close() }
    let start = (try? file.read(upToCount: 4)) ?? Data()
    let magics: [[UInt8]] = [
      [0x49, 0x49, 42, 0], [0x4D, 0x4D, 0, 42], [0x49, 0x49, 43, 0], [0x4D, 0x4D, 0, 43],
    ]
    guard magics.contains(Array(start)) else {
      throw TIFFError(
        .notTIFF, path, expected: "a TIFF file",
        found: start.isEmpty ? "an empty file" : "something else (it does not begin as a TIFF)",
        advice: "convert the image to TIFF")
    }
  }

  private static func text<Characters>(of characters: inout Characters) -> String? {
    let text = withUnsafeBytes(of: &characters) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.isEmpty ? nil : line
  }

  /// The first error since the last call.
  private func takeMessage() -> String? {
    defer { log.pointee.error.0 = 0 }
    return Self.text(of: &log.pointee.error)
  }

  // MARK: The file

  /// Whether numbers are stored with their most significant byte first.
  var isBigEndian: Bool { TIFFIsBigEndian(tiff) != 0 }
  /// Whether offsets have 64 bits.
  var isBigTIFF: Bool { TIFFIsBigTIFF(tiff) != 0 }
  /// Where the current page's directory begins in the file.
  var directoryOffset: UInt64 { TIFFCurrentDirOffset(tiff) }

  /// Moves to the next page, `number` (from 1) for errors; false after the last one.
  func nextPage(_ number: Int) throws(TIFFError) -> Bool {
    _ = takeMessage()
    if TIFFLastDirectory(tiff) != 0 { return false }
    guard TIFFReadDirectory(tiff) != 0 else {
      throw TIFFError(
        .corrupt, path, page: number, expected: "another page",
        found: takeMessage() ?? "a damaged or looping list of pages", advice: Self.damaged)
    }
    return true
  }

  // MARK: Tags

  private func number16(_ tag: Int32) -> Int? {
    var value: UInt16 = 0
    return morula_tiff_get_uint16(tiff, UInt32(tag), &value) == 0 ? nil : Int(value)
  }

  private func number32(_ tag: Int32) -> Int? {
    var value: UInt32 = 0
    return morula_tiff_get_uint32(tiff, UInt32(tag), &value) == 0 ? nil : Int(value)
  }

  /// The text of ImageDescription, as UTF-8 or else Latin-1.
  var imageDescription: String? {
    var text: UnsafePointer<CChar>?
    guard morula_tiff_get_string(tiff, UInt32(TIFFTAG_IMAGEDESCRIPTION), &text) != 0,
      let text
    else { return nil }
    if let utf8 = String(validatingCString: text) { return utf8 }
    let bytes = UnsafeBufferPointer(start: text, count: strlen(text))
    return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar(UInt8(bitPattern: $0)) }))
  }

  /// Pixels per resolution unit in x and y, nil where not stated.
  var resolution: (x: Float?, y: Float?) {
    func value(_ tag: Int32) -> Float? {
      var value: Float = 0
      return morula_tiff_get_float(tiff, UInt32(tag), &value) == 0 ? nil : value
    }
    return (value(TIFFTAG_XRESOLUTION), value(TIFFTAG_YRESOLUTION))
  }

  /// ResolutionUnit as stated: 1 none, 2 inch, 3 cm.
  var resolutionUnit: Int? {
    var value: UInt16 = 0
    return morula_tiff_get_stated_uint16(tiff, UInt32(TIFFTAG_RESOLUTIONUNIT), &value) == 0
      ? nil : Int(value)
  }

  /// The tags of the current page.
  var page: TIFFPage {
    let isTiled = TIFFIsTiled(tiff) != 0
    let height = number32(TIFFTAG_IMAGELENGTH) ?? 0
    let depths = [number32(TIFFTAG_IMAGEDEPTH), isTiled ? number32(TIFFTAG_TILEDEPTH) : nil]
    return TIFFPage(
      width: number32(TIFFTAG_IMAGEWIDTH) ?? 0, height: height,
      bitsPerSample: number16(TIFFTAG_BITSPERSAMPLE) ?? 1,
      sampleFormat: number16(TIFFTAG_SAMPLEFORMAT) ?? 1,
      samplesPerPixel: number16(TIFFTAG_SAMPLESPERPIXEL) ?? 1,
      photometric: number16(TIFFTAG_PHOTOMETRIC) ?? 1,
      depth: depths.compactMap { $0 }.max() ?? 1,
      compression: number16(TIFFTAG_COMPRESSION) ?? TIFFPage.uncompressed,
      blockHeight: isTiled
        ? number32(TIFFTAG_TILELENGTH) ?? 0
        : min(max(1, height), number32(TIFFTAG_ROWSPERSTRIP) ?? max(1, height)),
      tileWidth: isTiled ? number32(TIFFTAG_TILEWIDTH) ?? 0 : nil)
  }

  /// The offset and the size in the file of the first strip or tile.
  var firstBlock: (offset: UInt64, size: UInt64) {
    (TIFFGetStrileOffset(tiff, 0), TIFFGetStrileByteCount(tiff, 0))
  }

  // MARK: Pixels

  /// The most that a byte of compressed data is believed to stand for; Zstandard's runs of one value
  /// reach 2^15.
  private static let largestRatio: UInt64 = 1 << 16

  /// Checks, before memory is taken, that the file holds data enough for the current page.
  func checkPlausible(byteCount: Int, of page: TIFFPage, number: Int) throws(TIFFError) {
    // libtiff repairs missing sizes by what the page needs, so the end of the file counts as well.
    let fileSize = TIFFGetSizeProc(tiff).map { $0(TIFFClientdata(tiff)) } ?? 0
    let ratio = page.compression == TIFFPage.uncompressed ? 1 : Self.largestRatio
    let needed = (UInt64(byteCount) + ratio - 1) / ratio
    var stored: UInt64 = 0
    let blocks = page.tileWidth == nil ? TIFFNumberOfStrips(tiff) : TIFFNumberOfTiles(tiff)
    for block in 0..<blocks where stored < needed {
      let available = fileSize - min(fileSize, TIFFGetStrileOffset(tiff, block))
      stored += min(TIFFGetStrileByteCount(tiff, block), available)
    }
    guard stored >= needed else {
      throw TIFFError(
        .corrupt, path, page: number,
        expected: "data for \(page.width) × \(page.height) pixels (\(byteCount) bytes)",
        found: "\(stored) bytes, \(page.compressionName)", advice: Self.damaged)
    }
  }

  /// The decoded samples of the current page, row by row, in this machine's byte order.
  func readPixels(of page: TIFFPage, type: SampleType, number: Int) throws(TIFFError) -> [UInt8] {
    let byteCount = page.byteCount(of: type)
    try checkPlausible(byteCount: byteCount, of: page, number: number)
    _ = takeMessage()
    var pixels = [UInt8](repeating: 0, count: byteCount)
    let isComplete =
      page.tileWidth.map { readTiles(of: page, width: $0, type: type, into: &pixels) }
      ?? readStrips(of: page, type: type, into: &pixels)
    guard isComplete else {
      throw TIFFError(
        .corrupt, path, page: number,
        expected: "\(page.width) × \(page.height) pixels, \(page.compressionName)",
        found: takeMessage() ?? "less data", advice: Self.damaged)
    }
    return pixels
  }

  private func readStrips(of page: TIFFPage, type: SampleType, into pixels: inout [UInt8]) -> Bool {
    let rowBytes = type.rowBytes(width: page.width)
    guard page.blockHeight > 0 else { return false }
    return pixels.withUnsafeMutableBytes { buffer in
      for (strip, row) in stride(from: 0, to: page.height, by: page.blockHeight).enumerated() {
        let size = min(page.blockHeight, page.height - row) * rowBytes
        let target = buffer.baseAddress.map { $0 + row * rowBytes }
        guard TIFFReadEncodedStrip(tiff, UInt32(strip), target, tmsize_t(size)) == size
        else { return false }
      }
      return true
    }
  }

  private func readTiles(
    of page: TIFFPage, width: Int, type: SampleType, into pixels: inout [UInt8]
  ) -> Bool {
    let rowBytes = type.rowBytes(width: page.width)
    let tileRowBytes = type.rowBytes(width: width)
    let size = TIFFTileSize64(tiff)
    // A tile may be larger than a small page, but not without measure.
    guard width > 0, page.blockHeight > 0, size <= UInt64(max(1 << 24, 4 * pixels.count)),
      Int(size) == tileRowBytes * page.blockHeight, width % 8 == 0 || type.bits >= 8
    else { return false }
    var tile = [UInt8](repeating: 0, count: Int(size))
    var index: UInt32 = 0
    for row in stride(from: 0, to: page.height, by: page.blockHeight) {
      for column in stride(from: 0, to: page.width, by: width) {
        let read = tile.withUnsafeMutableBytes {
          TIFFReadEncodedTile(tiff, index, $0.baseAddress, tmsize_t(size))
        }
        guard read == Int(size) else { return false }
        index += 1
        let start = column * type.bits / 8
        let count = min(tileRowBytes, rowBytes - start)
        for y in 0..<min(page.blockHeight, page.height - row) {
          let place = (row + y) * rowBytes + start
          let source = y * tileRowBytes
          pixels.replaceSubrange(place..<place + count, with: tile[source..<source + count])
        }
      }
    }
    return true
  }

  // MARK: Writing

  /// Appends a page of `plane`, row by row in this machine's byte order.
  func write<Voxel: TIFFVoxel>(
    plane: [Voxel], page: StackPage, description: String?
  ) throws(TIFFError) {
    let (width, height, type) = (page.width, page.height, page.type)
    precondition(
      plane.count == width * height && Voxel.sampleType == type,
      "a plane of \(plane.count) voxels is not \(width) × \(height) of \(type)")
    _ = takeMessage()
    let format = type == .float32 ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT
    let rowBytes = type.rowBytes(width: width)
    // Strips of about a quarter of a MiB, so that readers need little memory.
    let rowsPerStrip = min(height, max(1, (1 << 18) / rowBytes))
    var isDone = true
    func set16(_ tag: Int32, _ value: Int32) {
      isDone = isDone && morula_tiff_set_uint16(tiff, UInt32(tag), UInt16(value)) != 0
    }
    func set32(_ tag: Int32, _ value: Int) {
      isDone = isDone && morula_tiff_set_uint32(tiff, UInt32(tag), UInt32(value)) != 0
    }
    set32(TIFFTAG_IMAGEWIDTH, width)
    set32(TIFFTAG_IMAGELENGTH, height)
    set16(TIFFTAG_BITSPERSAMPLE, Int32(type.bits))
    set16(TIFFTAG_SAMPLEFORMAT, format)
    set16(TIFFTAG_SAMPLESPERPIXEL, 1)
    set16(TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK)
    set16(TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG)
    set16(TIFFTAG_COMPRESSION, page.compression.scheme)
    if page.compression == .deflateWithPredictor {
      set16(
        TIFFTAG_PREDICTOR,
        format == SAMPLEFORMAT_IEEEFP ? PREDICTOR_FLOATINGPOINT : PREDICTOR_HORIZONTAL)
    }
    set32(TIFFTAG_ROWSPERSTRIP, rowsPerStrip)
    if let size = page.pixelSize {
      set16(TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE)
      for (tag, edge) in [(TIFFTAG_XRESOLUTION, size.x), (TIFFTAG_YRESOLUTION, size.y)] {
        isDone = isDone && morula_tiff_set_double(tiff, UInt32(tag), 1 / edge) != 0
      }
    }
    if let description {
      isDone =
        isDone && morula_tiff_set_string(tiff, UInt32(TIFFTAG_IMAGEDESCRIPTION), description) != 0
    }
    // libtiff may work in place (byte order, predictor), so it gets a copy.
    var pixels = plane
    isDone =
      isDone
      && pixels.withUnsafeMutableBytes { buffer in
        stride(from: 0, to: height, by: rowsPerStrip).enumerated().allSatisfy { strip, row in
          let size = min(rowsPerStrip, height - row) * rowBytes
          let rows = buffer.baseAddress.map { $0 + row * rowBytes }
          return TIFFWriteEncodedStrip(tiff, UInt32(strip), rows, tmsize_t(size)) == size
        }
      }
    guard isDone, TIFFWriteDirectory(tiff) != 0 else { throw writeError() }
  }

  /// Replaces the description of the first page of a file that is being written.
  func rewriteFirstPage(description: String) throws(TIFFError) {
    _ = takeMessage()
    guard TIFFSetDirectory(tiff, 0) != 0,
      morula_tiff_set_string(tiff, UInt32(TIFFTAG_IMAGEDESCRIPTION), description) != 0,
      TIFFRewriteDirectory(tiff) != 0
    else { throw writeError() }
  }

  /// Brings everything written to the disk.
  func synchronize() throws(TIFFError) {
    guard TIFFFlush(tiff) != 0, fsync(TIFFFileno(tiff)) == 0 else { throw writeError() }
  }

  private func writeError() -> TIFFError {
    let reason = takeMessage() ?? (errno == 0 ? nil : String(cString: strerror(errno)))
    return TIFFError(
      .notWritten, path, expected: "every byte written", found: reason ?? "a failed write",
      advice: "check the free space of the disk")
  }
}

extension TIFFCompression {
  /// TIFF's number of the scheme.
  fileprivate var scheme: Int32 {
    switch self {
    case .deflate, .deflateWithPredictor: COMPRESSION_ADOBE_DEFLATE
    case .lzw: COMPRESSION_LZW
    case .none: COMPRESSION_NONE
    }
  }
}
