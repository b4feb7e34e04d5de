import Compute

/// A regular expression with one group, which captures the name of the fold a volume belongs to.
package struct FoldPattern {
  /// A pattern that cannot be used.
  package struct Failure: Error, Sendable {
    /// What is wrong and what would be right.
    package let problem: String

    init(_ problem: String) { self.problem = problem.onOneLine() }
  }

  private let regex: Regex<AnyRegexOutput>

  /// Compiles the pattern; fails unless it has exactly one group.
  package init(_ pattern: String) throws(Failure) {
    let compiled: Regex<AnyRegexOutput>
    do {
      compiled = try Regex(pattern)
    } catch {
      throw Failure("'\(pattern)' is not a regular expression: \(error)")
    }
    let groups = Self.groups(in: pattern)
    guard groups == 1 else {
      throw Failure(
        "'\(pattern)' must have one group in parentheses, which names the fold, "
          + "such as \"Emb(\\d+)\"; it has \(groups)")
    }
    regex = compiled
  }

  /// What the group captures in a name, nil if the pattern matches nowhere in it.
  package func fold(of name: String) -> String? {
    guard let match = name.firstMatch(of: regex), match.output.count == 2,
      let group = match.output[1].substring
    else { return nil }
    return String(group)
  }

  /// The number of capturing groups, as the compiler of regular expressions counts them: "the
  /// pattern or nothing" matches an empty text, and the match has one output for each group.
  private static func groups(in pattern: String) -> Int {
    guard let regex = try? Regex("|" + pattern), let match = "".firstMatch(of: regex) else {
      return 0
    }
    return match.output.count - 1
  }
}
