/// How written TIFF files are compressed; all are lossless.
public enum TIFFCompression: String, Hashable, Sendable, Codable, CaseIterable {
  /// Deflate: the default. Read by everything, ImageJ 1.48 and newer included.
  case deflate
  /// Deflate of differences between neighbors (TIFF predictor 2, or 3 for floats): smaller, but
  /// ImageJ's own reader shows such files garbled (its TiffDecoder knows the predictor for LZW
  /// only), so for programs other than ImageJ.
  case deflateWithPredictor
  /// LZW: larger than Deflate, read by programs of any age.
  case lzw
  /// No compression, the voxels of all planes in one run, so that programs may map them into
  /// memory; ImageJ relies on that run in stacks it finds uncompressed.
  case none
}
