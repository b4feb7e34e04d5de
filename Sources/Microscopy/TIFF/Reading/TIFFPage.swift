/// What the tags of one page (image file directory) say.
struct TIFFPage: Sendable {
  var width: Int
  var height: Int
  var bitsPerSample: Int
  var sampleFormat: Int
  var samplesPerPixel: Int
  /// Whether each sample has strips or tiles of its own (PlanarConfiguration 2).
  var isPlanar: Bool
  var photometric: Int
  var depth: Int
  var compression: Int
  /// Whether libtiff was built with the codec.
  var isDecodable: Bool
  /// Rows of a strip, or of a tile.
  var blockHeight: Int
  /// The width of a tile; nil for strips.
  var tileWidth: Int?

  static let uncompressed = 1
  static let jpeg = 7
  static let jbig = 34661
  static let sgiLog = [34676, 34677]

  /// TIFF's numbers of color spaces.
  enum Photometric {
    static let rgb = 2
    static let palette = 3
    static let yCbCr = 6
    static let logL = 32844
  }

  /// The sample type, nil where Morula does not read it.
  var sampleType: SampleType? { SampleType(bits: bitsPerSample, format: sampleFormat) }

  /// The samples of a pixel that lie beside each other in a row.
  var interleaved: Int { isPlanar ? 1 : samplesPerPixel }

  /// The bytes of a decoded row; the page must have been checked.
  func rowBytes(of type: SampleType) -> Int { type.rowBytes(width: width * interleaved) }

  /// The bytes of the decoded page, of one sample where it is planar; the page must have been
  /// checked.
  func byteCount(of type: SampleType) -> Int { rowBytes(of: type) * height }

  /// The name of the compression scheme.
  var compressionName: String {
    Self.compressionNames[compression] ?? "compression \(compression)"
  }

  /// What the samples of a pixel mean.
  var color: TIFFColor {
    switch photometric {
    case 0: .minIsWhite
    case Photometric.palette: .palette
    case Photometric.rgb: .rgb
    case Photometric.yCbCr: .yCbCr
    case Photometric.logL: .luminance
    default: .minIsBlack
    }
  }

  private static let compressionNames: [Int: String] = [
    1: "none", 2: "CCITT RLE", 3: "CCITT fax 3", 4: "CCITT fax 4", 5: "LZW", 6: "old JPEG",
    7: "JPEG", 8: "Deflate", 9: "JBIG T.85", 10: "JBIG T.43", 32766: "NeXT", 32771: "CCITT RLE/W",
    32773: "PackBits", 32809: "ThunderScan", 32908: "PixarFilm", 32909: "PixarLog",
    32946: "Deflate", 33003: "JPEG 2000", 33005: "JPEG 2000", 34661: "JBIG", 34676: "SGILog",
    34677: "SGILog24", 34712: "JPEG 2000", 34887: "LERC", 34892: "lossy JPEG", 34925: "LZMA",
    34933: "PNG", 34934: "JPEG XR", 50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL",
  ]
}
