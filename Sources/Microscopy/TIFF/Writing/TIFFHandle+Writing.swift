import CTIFF
import Compute
import Foundation

extension TIFFHandle {
  /// Appends a page, row by row in this machine's byte order.
  func write(plane: [UInt8], page: StackPage, description: String?) throws(TIFFError) {
    let (width, height, type) = (page.width, page.height, page.type)
    precondition(
      plane.count == page.byteCount,
      "a plane of \(plane.count) bytes is not \(width) × \(height) of \(type)")
    _ = takeMessage()
    let format = Int32(type.format)
    let rowBytes = type.rowBytes(width: width)
    // Strips of about a quarter of a MiB, so that readers need little memory.
    let rowsPerStrip = min(height, max(1, (1 << 18) / rowBytes))
    var isDone = true
    func set16(_ tag: Int32, _ value: Int32) {
      isDone = unsafe isDone && morula_tiff_set_uint16(tiff, UInt32(tag), UInt16(value)) != 0
    }
    func set32(_ tag: Int32, _ value: Int) {
      isDone = unsafe isDone && morula_tiff_set_uint32(tiff, UInt32(tag), UInt32(value)) != 0
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
        isDone = unsafe isDone && morula_tiff_set_double(tiff, UInt32(tag), 1 / edge) != 0
      }
    }
    if let description {
      isDone =
        unsafe isDone
        && morula_tiff_set_string(tiff, UInt32(TIFFTAG_IMAGEDESCRIPTION), description) != 0
      if let (lengths, bytes) = page.metadata?.blocks {
        isDone =
          unsafe isDone
          && morula_tiff_set_imagej(
            tiff, lengths, UInt32(lengths.count), bytes, UInt32(bytes.count)) != 0
      }
    }
    // libtiff may work in place (byte order, predictor), so it gets a copy.
    var pixels = plane
    isDone =
      unsafe isDone
      && pixels.withUnsafeMutableBytes { buffer in
        stride(from: 0, to: height, by: rowsPerStrip).enumerated().allSatisfy { strip, row in
          let size = min(rowsPerStrip, height - row) * rowBytes
          let rows = unsafe buffer.baseAddress.map { unsafe $0 + row * rowBytes }
          return unsafe TIFFWriteEncodedStrip(tiff, UInt32(strip), rows, tmsize_t(size)) == size
        }
      }
    guard isDone, unsafe TIFFWriteDirectory(tiff) != 0 else { throw writeError() }
  }

  /// Replaces the description of the first page of a file that is being written.
  func rewriteFirstPage(description: String) throws(TIFFError) {
    _ = takeMessage()
    guard unsafe TIFFSetDirectory(tiff, 0) != 0,
      unsafe morula_tiff_set_string(tiff, UInt32(TIFFTAG_IMAGEDESCRIPTION), description) != 0,
      unsafe TIFFRewriteDirectory(tiff) != 0
    else { throw writeError() }
  }

  /// Brings everything written to the disk.
  func synchronize() throws(TIFFError) {
    guard unsafe TIFFFlush(tiff) != 0, unsafe fsync(TIFFFileno(tiff)) == 0 else {
      throw writeError()
    }
  }

  private func writeError() -> TIFFError {
    let code = errno
    let reason = takeMessage() ?? (code == 0 ? nil : FileError(path, code).reason)
    return TIFFError(
      .notWritten, path, expected: "every byte written", found: reason ?? "a failed write",
      advice: "check the free space of the disk", systemCode: code)
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
