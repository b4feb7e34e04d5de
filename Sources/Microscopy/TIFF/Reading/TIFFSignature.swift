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
    do throws(FileError) { file = try FileSystem.open(reading: path) } catch {
      throw missing(error)
    }
    defer { try? file.close() }
    let start = [UInt8]((try? file.read(upToCount: 132)) ?? Data())
    if isTIFF(start) { return }
    let format = ForeignFormat.of(path, start: start)
    throw TIFFError(
      .notTIFF, path, expected: "a TIFF file",
      found: start.isEmpty
        ? "an empty file" : format?.name ?? "something else (it does not begin as a TIFF)",
      advice: .other(
        (start.isEmpty ? nil : format?.conversion(of: path)) ?? "convert the image to TIFF"))
  }

  /// Whether bytes begin as a TIFF or BigTIFF does, in either byte order.
  static func isTIFF(_ start: [UInt8]) -> Bool {
    let magics: [[UInt8]] = [
      [0x49, 0x49, 42, 0], [0x4D, 0x4D, 0, 42], [0x49, 0x49, 43, 0], [0x4D, 0x4D, 0, 43],
    ]
    return magics.contains(Array(start.prefix(4)))
  }

  private static func missing(_ error: FileError) -> TIFFError {
    TIFFError(
      .missing, error.file, expected: "a TIFF file",
      found: error.code == ENOENT ? "no such file" : error.reason, advice: error.advice)
  }
}
