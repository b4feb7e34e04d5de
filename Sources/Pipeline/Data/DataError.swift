import Compute

/// Data that cannot be used: one line that says which file or folder, what is wrong and what to do.
public struct DataError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file, folder or option.
  public let subject: String
  /// What is wrong and what to do.
  public let problem: String

  /// An error about this file, folder or option.
  public init(_ subject: String, _ problem: String) {
    self.subject = subject.onOneLine()
    self.problem = problem.onOneLine()
  }

  /// As `images/Emb01_t001.tif: …`.
  public var description: String { "\(subject): \(problem)" }

  /// The first names of a long list: `a.tif, b.tif, c.tif and 9 more`.
  static func list(_ names: [String], most: Int = 3) -> String {
    let shown = names.prefix(most).joined(separator: ", ")
    return names.count > most ? "\(shown) and \(names.count - most) more" : shown
  }
}
