/// What a filter sees beyond the edge of a volume; the cases are named as in `scipy.ndimage`.
public enum FilterBorder: String, Hashable, Sendable, Codable, CaseIterable {
  /// Mirrored at the edge voxels, which are not repeated: d c b | **a b c d** | c b a.
  case mirror
  /// The edge voxels, again and again: a a a | **a b c d** | d d d.
  case nearest
  /// Mirrored at the edges of the edge voxels, which are repeated: c b a | **a b c d** | d c b.
  case reflect

  /// The index in `0..<length` that is seen at `position`.
  func index(_ position: Int, length: Int) -> Int {
    switch self {
    case .mirror: return mirrored(position, length: length)
    case .nearest: return min(max(position, 0), length - 1)
    case .reflect:
      let period = 2 * length
      let phase = ((position % period) + period) % period
      return min(phase, period - 1 - phase)
    }
  }
}
