import Compute

/// Files that are no usable series: one line that says which file or folder, what is wrong and what to
/// do.
public struct SeriesError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or folder.
  public let subject: String
  /// What is wrong and what to do.
  public let problem: String

  /// An error about this file or folder.
  public init(_ subject: String, _ problem: String) {
    self.subject = subject.onOneLine()
    self.problem = problem.onOneLine()
  }

  /// As `images/Emb01_t001.tif: …`.
  public var description: String { "\(subject): \(problem)" }
}
