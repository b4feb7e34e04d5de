/// A pattern for whole names: `*` is any text, `?` one character, `[abc]`, `[a-z]` and `[!abc]` one
/// character of (or not of) a set; everything else stands for itself.
package struct NamePattern: Sendable, Hashable {
  private enum Part: Sendable, Hashable {
    case anyText
    case anyCharacter
    case set([ClosedRange<Character>], isNegated: Bool)
    case character(Character)

    func matches(_ other: Character) -> Bool {
      switch self {
      case .anyText, .anyCharacter: true
      case .set(let ranges, let isNegated): ranges.contains { $0.contains(other) } != isNegated
      case .character(let own): own == other
      }
    }
  }

  private let parts: [Part]

  /// The pattern of this text; a `[` without its `]` stands for itself.
  package init(_ text: String) {
    var parts: [Part] = []
    let characters = Array(text)
    var index = 0
    while index < characters.count {
      switch characters[index] {
      case "*": parts.append(.anyText)
      case "?": parts.append(.anyCharacter)
      case "[":
        if let (set, end) = Self.set(characters, from: index + 1) {
          parts.append(set)
          index = end
        } else {
          parts.append(.character("["))
        }
      default: parts.append(.character(characters[index]))
      }
      index += 1
    }
    self.parts = parts
  }

  private static func set(_ characters: [Character], from start: Int) -> (Part, end: Int)? {
    var index = start
    let isNegated = index < characters.count && characters[index] == "!"
    if isNegated { index += 1 }
    var ranges: [ClosedRange<Character>] = []
    while index < characters.count {
      if characters[index] == "]", !ranges.isEmpty {
        return (.set(ranges, isNegated: isNegated), index)
      }
      if index + 2 < characters.count, characters[index + 1] == "-", characters[index + 2] != "]",
        characters[index] <= characters[index + 2]
      {
        ranges.append(characters[index]...characters[index + 2])
        index += 3
      } else {
        ranges.append(characters[index]...characters[index])
        index += 1
      }
    }
    return nil
  }

  /// Whether the whole name fits.
  ///
  /// - Complexity: O(name · pattern).
  package func matches(_ name: String) -> Bool {
    // Greedy with one step back: on a mismatch the last `*` swallows one more character.
    let name = Array(name)
    var i = 0
    var part = 0
    var star: (part: Int, name: Int)?
    while i < name.count {
      if part < parts.count, parts[part] == .anyText {
        star = (part, i)
        part += 1
      } else if part < parts.count, parts[part].matches(name[i]) {
        part += 1
        i += 1
      } else if let last = star {
        star = (last.part, last.name + 1)
        part = last.part + 1
        i = last.name + 1
      } else {
        return false
      }
    }
    return parts[part...].allSatisfy { $0 == .anyText }
  }
}
