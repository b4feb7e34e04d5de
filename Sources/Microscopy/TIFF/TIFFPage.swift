/// What the tags of one page (image file directory) say.
struct TIFFPage: Sendable {
  var width: Int
  var height: Int
  var bitsPerSample: Int
  var sampleFormat: Int
  var samplesPerPixel: Int
  var photometric: Int
  var depth: Int
  var compression: Int
  /// Rows of a strip, or of a tile.
  var blockHeight: Int
  /// The width of a tile; nil for strips.
  var tileWidth: Int?

  static let uncompressed = 1

  /// The sample type, nil where Morula does not read it.
  var sampleType: SampleType? { SampleType(bits: bitsPerSample, format: sampleFormat) }

  /// The bytes of the decoded page; the page must have been checked.
  func byteCount(of type: SampleType) -> Int { type.rowBytes(width: width) * height }

  /// The sample type of a page that Morula reads: one grayscale sample per pixel, sensible extents.
  func checked(path: String, page: Int, maximumVoxels: Int) throws(TIFFError) -> SampleType {
    guard width > 0, height > 0 else {
      throw TIFFError(
        .corrupt, path, page: page, expected: "an image", found: "\(width) × \(height) pixels",
        advice: "save the file again with the program that made it")
    }
    guard width <= maximumVoxels / height else {
      throw TIFFError(
        .tooLarge, path, page: page, expected: "at most \(maximumVoxels) voxels",
        found: "a page of \(width) × \(height) (x, y)", advice: "crop the image, or raise the limit"
      )
    }
    guard samplesPerPixel == 1 else {
      throw TIFFError(
        .unsupported, path, page: page, expected: "one sample per pixel",
        found: "\(samplesPerPixel)",
        advice: "convert the image to grayscale, or split its channels into pages")
    }
    guard [0, 1, 3, 4].contains(photometric) else {
      throw TIFFError(
        .unsupported, path, page: page, expected: "grayscale intensities or labels",
        found: "color space \(photometric)", advice: "convert the image to grayscale")
    }
    guard depth == 1 else {
      throw TIFFError(
        .unsupported, path, page: page, expected: "one plane per page",
        found: "a volumetric page of \(depth) planes (ImageDepth)",
        advice: "save the stack with one page per plane")
    }
    guard let type = sampleType else {
      let format = [1: "unsigned integer", 2: "signed integer", 3: "float", 4: "undefined"]
      throw TIFFError(
        .unsupported, path, page: page,
        expected: "1, 8, 16 or 32-bit integers or 16, 32 or 64-bit floats",
        found: "\(bitsPerSample)-bit \(format[sampleFormat] ?? "format \(sampleFormat)") samples",
        advice: "convert the image to 16-bit integers or 32-bit floats")
    }
    return type
  }

  /// The name of the compression scheme.
  var compressionName: String {
    Self.compressionNames[compression] ?? "compression \(compression)"
  }

  private static let compressionNames: [Int: String] = [
    1: "none", 2: "CCITT RLE", 3: "CCITT fax 3", 4: "CCITT fax 4", 5: "LZW", 6: "old JPEG",
    7: "JPEG", 8: "Deflate", 32773: "PackBits", 32946: "Deflate", 34661: "JBIG",
    34887: "LERC", 34925: "LZMA", 50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL",
  ]
}
