/// An axis along which pages follow each other.
public enum StackAxis: String, Hashable, Sendable, Codable, CaseIterable {
  /// Time: frames.
  case t
  /// Depth: planes.
  case z
  /// Color: channels.
  case c

  /// What one step along the axis is called.
  var word: String {
    switch self {
    case .t: "frame"
    case .z: "plane"
    case .c: "channel"
    }
  }
}
