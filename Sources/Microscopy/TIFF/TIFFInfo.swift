/// What a TIFF file says about itself.
public struct TIFFInfo: Hashable, Sendable {
  /// The order of the bytes of a number.
  public enum ByteOrder: String, Hashable, Sendable, Codable {
    /// `II`: the least significant byte first.
    case littleEndian
    /// `MM`: the most significant byte first.
    case bigEndian
  }

  /// Who described the axes and the scale.
  public let dialect: TIFFDialect
  /// The axes of the pages from the slowest to the fastest, such as [t, z, c].
  public let order: [StackAxis]
  /// Time points, T.
  public let frames: Int
  /// Channels, C.
  public let channels: Int
  /// The extents of one frame's volume, Z, Y, X.
  public let extent: Extent
  /// What a sample is.
  public let sampleType: SampleType
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
  /// The physical scale, as far as it is stated.
  public let calibration: Calibration

  /// The voxel size in µm; nil unless the file states all three edges.
  public var voxelSize: VoxelSize? { calibration.voxelSize }
  /// Seconds from frame to frame, nil where not stated.
  public var frameInterval: Double? { calibration.frameInterval }
}
