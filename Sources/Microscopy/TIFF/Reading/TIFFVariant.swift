/// Formats of microscopes that begin as TIFF does and hold what TIFF does not say.
enum TIFFVariant {
  /// Tags of such formats.
  private static let marks: [UInt16: String] = [
    34412: "a Zeiss LSM file", 33629: "a MetaMorph stack (STK)",
  ]

  /// Throws where the file at its first page is of another format.
  static func check(_ handle: TIFFHandle) throws(TIFFError) {
    guard let entry = handle.entries(where: { marks.keys.contains($0) }).first,
      let name = marks[entry.tag]
    else { return }
    // The number of values of MetaMorph's tag is that of planes, in a single page.
    if entry.tag == 33629, entry.count < 2 { return }
    throw TIFFError(
      .unsupported, handle.path, expected: "a TIFF whose pages are planes", found: name,
      advice: .other(ForeignFormat.convert(handle.path)))
  }
}
