/// An operation was given a tensor that does not fit.
public struct ShapeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The operation, for example "max pooling 2×2×2".
  public let operation: String
  /// What it needs, in words or as a shape.
  public let expected: String
  /// What it was given.
  public let found: String

  /// An error of `operation`, which needs `expected` and was given `found`.
  public init(_ operation: String, expected: String, found: String) {
    self.operation = operation
    self.expected = expected
    self.found = found
  }

  /// One line: what, expected, found.
  public var description: String { "\(operation): expected \(expected), found \(found)" }
}
