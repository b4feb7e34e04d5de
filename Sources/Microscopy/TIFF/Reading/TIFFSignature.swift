import Compute
import Foundation

/// What the first bytes of a file and its place in the file system say about it, before libtiff
/// sees it.
enum TIFFSignature {
  /// Throws a clear error for what cannot be a TIFF: nothing, folders, pipes, devices, other
  /// formats.
  static func check(_ path: String) throws(TIFFError) {
    let status: FileStatus
    do throws(FileError) { status = try FileStatus(of: path) } catch { throw missing(error) }
    switch status.kind {
    case .file: break
    case .folder:
      throw TIFFError(
        .notTIFF, path, expected: "a TIFF file", found: "a folder",
        advice: "name a file inside it")
    default:
      // Opening a pipe would wait for somebody to write into it.
      throw TIFFError(
        .notTIFF, path, expected: "a TIFF file", found: "a pipe, socket or device",
        advice: "save the image as a file")
    }
    let file: FileHandle
    do throws(FileError) { file = try FileSystem.open(reading: path) } catch { throw missing(error) }
    defer { try? file.close() }
    let start = [UInt8]((try? file.read(upToCount: 132)) ?? Data())
    if isTIFF(start) { return }
    throw TIFFError(
      .notTIFF, path, expected: "a TIFF file", found: format(of: start),
      advice: "convert the image to TIFF")
  }

  /// Whether bytes begin as a TIFF or BigTIFF does, in either byte order.
  static func isTIFF(_ start: [UInt8]) -> Bool {
    let magics: [[UInt8]] = [
      [0x49, 0x49, 42, 0], [0x4D, 0x4D, 0, 42], [0x49, 0x49, 43, 0], [0x4D, 0x4D, 0, 43],
    ]
    return magics.contains(Array(start.prefix(4)))
  }

  /// What a file that begins with these bytes is, in words.
  static func format(of start: [UInt8]) -> String {
    if start.isEmpty { return "an empty file" }
    let known: [(String, [UInt8])] = [
      ("a PNG image", [0x89, 0x50, 0x4E, 0x47]), ("a JPEG image", [0xFF, 0xD8, 0xFF]),
      ("a GIF image", Array("GIF8".utf8)), ("a BMP image", Array("BM".utf8)),
      ("an HDF5 file", [0x89, 0x48, 0x44, 0x46]), ("a zip archive", [0x50, 0x4B, 3, 4]),
      ("a gzip archive", [0x1F, 0x8B]), ("a Zeiss CZI file", Array("ZISRAWFILE".utf8)),
      ("a Nikon ND2 file", [0xDA, 0xCE, 0xBE, 0x0A]), ("a Leica LIF file", [0x70, 0, 0, 0]),
      ("an OLE file such as Zeiss LSM or Olympus OIB", [0xD0, 0xCF, 0x11, 0xE0]),
      ("a PDF document", Array("%PDF".utf8)), ("a NumPy array", [0x93] + Array("NUMPY".utf8)),
      ("an NRRD file", Array("NRRD".utf8)),
    ]
    return known.first { start.starts(with: $0.1) }?.0
      ?? "something else (it does not begin as a TIFF)"
  }

  private static func missing(_ error: FileError) -> TIFFError {
    TIFFError(
      .missing, error.file, expected: "a TIFF file",
      found: error.code == ENOENT ? "no such file" : error.reason, advice: error.advice)
  }
}
