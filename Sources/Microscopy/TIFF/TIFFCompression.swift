/// How written TIFF files are compressed; both are lossless.
public enum TIFFCompression: String, Hashable, Sendable, Codable, CaseIterable {
  /// Deflate. Read by everything, ImageJ included.
  case deflate
  /// Deflate of differences between neighbors (TIFF predictor 2, or 3 for floats): smaller, but
  /// ImageJ's own reader shows such files garbled (its TiffDecoder knows the predictor for LZW only),
  /// so for programs other than ImageJ.
  case deflateWithPredictor
}
