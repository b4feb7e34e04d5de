import Compute

/// Training cannot start or go on: one line that says where, what was found and what to do.
///
/// Its subject may be a point of a run. An `InputError` has the same shape, but is about files that
/// are read.
public struct TrainingError: AdvisedError, Hashable {
  /// The file, the folder, or the point of the run.
  public let subject: String
  /// What was found.
  public let problem: String
  /// What to do about it; nil if the problem says it.
  public let advice: Advice?

  /// An error about this file, folder, or point of the run.
  public init(_ subject: String, _ problem: String, advice: Advice? = nil) {
    self.subject = subject.onOneLine()
    self.problem = problem.onOneLine()
    self.advice = advice
  }

  /// As `epoch 3, update 17 (Emb03_t101): the loss is NaN; …`.
  public var statement: String { "\(subject): \(problem)" }
}
