import Compute

/// Training cannot start or go on: one line that says where, what was found and what to do.
public struct TrainingError: AdvisedError, Hashable {
  /// The file, folder, or place in the run.
  public let subject: String
  /// What was found.
  public let problem: String
  /// What to do about it; nil if the problem says it.
  public let advice: Advice?

  /// An error about this file, folder, or place in the run.
  public init(_ subject: String, _ problem: String, advice: Advice? = nil) {
    self.subject = subject.onOneLine()
    self.problem = problem.onOneLine()
    self.advice = advice
  }

  /// As `epoch 3, step 17 (Emb03_t101): the loss is nan; …`.
  public var statement: String { "\(subject): \(problem)" }
}
