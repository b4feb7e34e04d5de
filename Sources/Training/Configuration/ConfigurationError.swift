import Compute

/// A configuration that cannot be used: one line that says where, which key, what is wrong and what
/// would be right.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where the offending text stands: `nsn.yaml:12`, or `--set optimizer.kind=adan`.
  public let location: String
  /// The path of the key, `optimizer.learning_rate`; empty for the whole file.
  public let keyPath: String
  /// What is wrong and what would be right.
  public let problem: String

  /// An error at this place.
  public init(location: String, keyPath: String, problem: String) {
    self.location = location.onOneLine()
    self.keyPath = keyPath.onOneLine()
    self.problem = problem.onOneLine()
  }

  /// As `nsn.yaml:12: optimizer.learning_rte: unknown key; did you mean 'learning_rate'?`.
  public var description: String {
    keyPath.isEmpty ? "\(location): \(problem)" : "\(location): \(keyPath): \(problem)"
  }
}
