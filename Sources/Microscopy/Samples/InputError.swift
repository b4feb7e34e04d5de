import Compute

/// Files that cannot be used, or results that cannot be written: one line that says which file or
/// folder, what is wrong and what to do.
public struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
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

  /// The first names of a long list: `a.tif, b.tif, c.tif and 9 more`.
  package static func list(_ names: [String], limit: Int = 3) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
  }
}
