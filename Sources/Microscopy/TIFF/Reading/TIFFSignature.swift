import Foundation

/// What the first bytes of a file and its place in the file system say about it, before libtiff
/// sees it.
enum TIFFSignature {
  /// Throws a clear error for what cannot be a TIFF: nothing, folders, pipes, devices, other
  /// formats.
  static func check(_ path: String) throws(TIFFError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw missing(path, errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR:
      throw TIFFError(
        .notTIFF, path, expected: "a TIFF file", found: "a folder",
        advice: "name a file inside it")
    default:
      // Opening a pipe would wait for somebody to write into it.
      throw TIFFError(
        .notTIFF, path, expected: "a TIFF file", found: "a pipe, socket or device",
        advice: "save the image as a file")
    }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw TIFFError(
        .missing, path, expected: "a readable file", found: "no permission to read it",
        advice: "check its permissions")
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

  private static func missing(_ path: String, _ code: Int32) -> TIFFError {
    let (found, advice) =
      switch code {
      case ENOENT: ("no such file", "check the path")
      case ENOTDIR: ("a path that leads through a file", "check the path")
      case ELOOP: ("symbolic links that lead in a circle", "name the file itself")
      case EACCES: ("no permission to reach it", "check the permissions of its folders")
      case ENAMETOOLONG: ("a name that is too long", "check the path")
      default: unsafe (String(cString: strerror(code)), "check the path")
      }
    return TIFFError(
      .missing, path, expected: "a TIFF file", found: found, advice: .other(advice))
  }
}
