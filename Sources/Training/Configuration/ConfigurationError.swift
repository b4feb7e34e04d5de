import Compute

/// A configuration that cannot be used: one line with file and line, the key, what is wrong and
/// what would be right.
public struct ConfigurationError: AdvisedError, Equatable {
  /// Where the offending text was written.
  public let origin: ConfigurationOrigin
  /// The path of the key, `optimizer.learning_rate`; empty for the whole file.
  public let keyPath: String
  /// What is wrong and what would be right.
  public let problem: String
  /// What to do about it; nil if the problem says it.
  public let advice: Advice?

  /// An error in the text written there.
  public init(
    _ origin: ConfigurationOrigin, keyPath: String = "", problem: String, advice: Advice? = nil
  ) {
    self.origin = origin
    self.keyPath = keyPath.onOneLine()
    self.problem = problem.onOneLine()
    self.advice = advice
  }

  /// As `nsn.yaml:12: optimizer.learning_rte: unknown key; did you mean 'learning_rate'?`.
  public var statement: String { "\(origin): \(key)\(problem)" }

  /// The error in one line, with origin and advice in the caller's words.
  public func description(
    origin words: (ConfigurationOrigin) -> String, advising advise: (Advice) -> String
  ) -> String {
    "\(words(origin)): \(key)\(problem)" + (advice.map { "; \(advise($0))" } ?? "")
  }

  private var key: String {
    keyPath.isEmpty ? "" : keyPath + ": "
  }
}
