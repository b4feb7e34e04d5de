/// An axis of a volume.
public enum Axis: String, Hashable, Sendable, Codable, CaseIterable {
  /// Along the optical axis, plane by plane.
  case z
  /// Down the rows of a plane.
  case y
  /// Along a row.
  case x
}
