/// A value that a type of samples does not hold.
public struct SampleRangeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The value.
  public let value: Double
  /// The type.
  public let type: SampleType

  /// As `70000.0 does not fit into uint16`.
  public var description: String { "\(value) does not fit into \(type)" }
}
