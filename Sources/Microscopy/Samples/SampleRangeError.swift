/// A value that a type of samples does not hold.
package struct SampleRangeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The value.
  package let value: Double
  /// The type.
  package let type: SampleType

  /// As `70000.0 does not fit into uint16`.
  package var description: String { "\(value) does not fit into \(type)" }
}
