/// What described the axes and the scale of a TIFF.
public enum TIFFDialect: String, Hashable, Sendable, Codable {
  /// An ImageDescription that begins with `ImageJ=`.
  case imageJ
  /// OME-XML in the ImageDescription.
  case ome
  /// tifffile's `{"shape": …}` or the older `shape=(…)`.
  case tifffile
  /// No description: the pages are planes.
  case plain
}
