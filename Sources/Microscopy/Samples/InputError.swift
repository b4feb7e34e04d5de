import Compute

/// Files that cannot be used, or results that cannot be written: one line that says which file or
/// folder, what is wrong and what to do.
public struct InputError: AdvisedError, Hashable {
  /// The file or folder.
  public let subject: String
  /// What is wrong.
  public let problem: String
  /// What to do about it; nil if the problem says it.
  public let advice: Advice?
  /// The system's number of the reason (`errno`); 0 where the reason is not the system's.
  package let systemCode: Int32

  /// An error about this file or folder.
  public init(_ subject: String, _ problem: String, advice: Advice? = nil) {
    self.init(subject, problem, advice: advice, systemCode: 0)
  }

  private init(_ subject: String, _ problem: String, advice: Advice?, systemCode: Int32) {
    self.subject = subject.onOneLine()
    self.problem = problem.onOneLine()
    self.advice = advice
    self.systemCode = systemCode
  }

  /// What the system said about a file or folder.
  package init(_ error: FileError) {
    self.init(error.file, error.reason, advice: error.advice, systemCode: error.code)
  }

  /// What the system said about a part of a file or folder.
  ///
  /// - Parameters:
  ///   - subject: The file or folder.
  ///   - problem: What is wrong, before the system's reason.
  ///   - error: What the system said.
  package init(_ subject: String, _ problem: String, _ error: FileError) {
    self.init(
      subject, "\(problem): \(error.reason)", advice: error.advice, systemCode: error.code)
  }

  /// As `images/Emb01_t001.tif: …`.
  public var statement: String { "\(subject): \(problem)" }

  /// The first names of a long list: `a.tif, b.tif, c.tif and 9 more`.
  package static func list(_ names: [String], limit: Int = 3) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
  }
}
