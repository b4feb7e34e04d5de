import Compute

/// Training cannot start or go on: one line that says where, what was found and what to do.
public struct TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file, folder, or place in the run.
  public let subject: String
  /// What was found and what to do.
  public let problem: String

  /// An error about this file, folder, or place in the run.
  public init(_ subject: String, _ problem: String) {
    self.subject = subject.onOneLine()
    self.problem = problem.onOneLine()
  }

  /// As `epoch 3, step 17 (Emb03_t101): the loss is nan; …`.
  public var description: String { "\(subject): \(problem)" }
}
