/// A value that a type of samples does not hold.
package struct SampleRangeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The value.
  package let value: Double
  /// The type.
  package let type: SampleType

  /// What labels are, in words.
  static let labels = "labels: whole numbers from 0 to 4294967295"
  /// What intensities are, in words.
  static let floats = "intensities within float32 (±3.4e38)"

  /// The value without a fraction if it has none.
  var number: String {
    Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  /// As `70000.0 does not fit into uint16`.
  package var description: String { "\(value) does not fit into \(type)" }
}
