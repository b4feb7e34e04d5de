/// What the samples of a TIFF's pixels mean.
public enum TIFFColor: String, Hashable, Sendable, Codable {
  /// Intensities or labels.
  case minIsBlack = "minisblack"
  /// Intensities that are shown inverted; the values are those stored.
  case minIsWhite = "miniswhite"
  /// Numbers of a color table, which only changes the display; the values are those stored.
  case palette
  /// Red, green, blue and perhaps more, which become channels.
  case rgb
  /// JPEG's colors, which libtiff turns into red, green and blue.
  case yCbCr = "ycbcr"
  /// Luminance stored as logarithms, which libtiff turns into 32-bit floats.
  case luminance = "logl"
}
