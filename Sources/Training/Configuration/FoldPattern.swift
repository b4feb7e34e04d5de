import Compute
import Foundation

/// A regular expression with one group, which captures the name of the fold a volume belongs to.
package struct FoldPattern {
  /// A pattern that cannot be used.
  package struct Failure: Error, Sendable {
    /// What is wrong and what would be right.
    package let problem: String

    init(_ problem: String) { self.problem = problem.onOneLine() }
  }

  // Swift's own expressions trap on some patterns, such as a range that ends in a combining mark.
  private let expression: NSRegularExpression

  /// Compiles the pattern; fails unless it has exactly one group.
  package init(_ pattern: String) throws(Failure) {
    do {
      expression = try NSRegularExpression(pattern: pattern)
    } catch {
      throw Failure("'\(pattern)' is not a regular expression")
    }
    let groups = expression.numberOfCaptureGroups
    guard groups == 1 else {
      throw Failure(
        "'\(pattern)' must have one group in parentheses, which names the fold, "
          + "such as \"Emb(\\d+)\"; it has \(groups)")
    }
  }

  /// What the group captures in a name, nil if the pattern matches nowhere in it.
  package func fold(of name: String) -> String? {
    let whole = NSRange(name.startIndex..., in: name)
    guard let match = expression.firstMatch(in: name, range: whole),
      let group = Range(match.range(at: 1), in: name)
    else { return nil }
    return String(name[group])
  }
}
