/// What a TIFF file says about itself.
public struct TIFFInfo: Hashable, Sendable {
  /// The order of the bytes of a number.
  public enum ByteOrder: String, Hashable, Sendable, Codable {
    /// `II`: the least significant byte first.
    case littleEndian
    /// `MM`: the most significant byte first.
    case bigEndian
  }

  /// What described the axes and the scale.
  public let dialect: TIFFDialect
  /// The axes of the pages from the slowest to the fastest, such as [t, z, c].
  public let order: [StackAxis]
  /// Time points, T.
  public let frames: Int
  /// Channels, C: those of the pages times the samples of their pixels.
  public let channels: Int
  /// The extents of one frame's volume, Z, Y, X.
  public let extent: Extent
  /// What a sample is.
  public let sampleType: SampleType
  /// Samples of a pixel: 1, or 3 and more for colors, which are channels here.
  public let samplesPerPixel: Int
  /// Whether the samples of a pixel lie in planes of their own and not beside each other.
  public let isPlanar: Bool
  /// What the samples mean.
  public let color: TIFFColor
  /// The order of bytes in the file.
  public let byteOrder: ByteOrder
  /// Whether offsets have 64 bits.
  public let isBigTIFF: Bool
  /// Whether pages are stored in tiles instead of strips.
  public let isTiled: Bool
  /// The compression of the first page.
  public let compression: String
  /// The pages (image file directories) in the file; 1 for a contiguous ImageJ stack.
  public let pages: Int
  /// The size of the file in bytes.
  public let byteCount: Int
  /// The physical scale, as far as it is stated.
  public let calibration: Calibration
  /// What the user should know about how the metadata were read, one line each.
  public let notes: [String]

  /// The voxel size in µm; nil unless the file states all three edges.
  public var voxelSize: VoxelSize? { calibration.voxelSize }
  /// Seconds from frame to frame, nil where not stated.
  public var frameInterval: Double? { calibration.frameInterval }
}
