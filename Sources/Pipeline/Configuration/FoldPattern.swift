/// A regular expression with one group, which captures the name of the fold a volume belongs to.
public struct FoldPattern {
  /// A pattern that cannot be used.
  public struct Failure: Error, Sendable {
    /// What is wrong and what would be right.
    public let problem: String
  }

  private let regex: Regex<AnyRegexOutput>

  /// Compiles the pattern; fails unless it has exactly one group.
  public init(_ pattern: String) throws(Failure) {
    let compiled: Regex<AnyRegexOutput>
    do {
      compiled = try Regex(pattern)
    } catch {
      throw Failure(problem: "'\(pattern)' is not a regular expression: \(error)")
    }
    let groups = Self.groups(in: pattern)
    guard groups == 1 else {
      throw Failure(
        problem: "'\(pattern)' must have one group in parentheses, which names the fold, "
          + "such as \"Emb(\\d+)\"; it has \(groups)")
    }
    regex = compiled
  }

  /// What the group captures in a name, nil where the pattern matches nowhere in it.
  public func fold(of name: String) -> String? {
    guard let match = name.firstMatch(of: regex), let group = match.output[1].substring else {
      return nil
    }
    return String(group)
  }

  /// The number of capturing groups: unescaped `(` outside brackets that no `?` follows, and named ones.
  private static func groups(in pattern: String) -> Int {
    var count = 0
    var escaped = false
    var inClass = false
    let characters = Array(pattern)
    for (index, character) in characters.enumerated() {
      if escaped {
        escaped = false
      } else if character == "\\" {
        escaped = true
      } else if inClass {
        inClass = character != "]"
      } else if character == "[" {
        inClass = true
      } else if character == "(" {
        let rest = String(characters[(index + 1)...].prefix(3))
        let isNamed =
          rest.hasPrefix("?P<")
          || (rest.hasPrefix("?<") && !rest.hasPrefix("?<=") && !rest.hasPrefix("?<!"))
        if !rest.hasPrefix("?") || isNamed { count += 1 }
      }
    }
    return count
  }
}
