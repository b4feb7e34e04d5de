import Compute
import Foundation
import Yams

extension ConfigurationNode {
  /// The tree of a YAML (or JSON) text; `name` is the file's name in messages.
  package init(yaml: String, name: String) throws(ConfigurationError) {
    let node = try Self.compose(yaml) { .line($0, file: name) }
    self = node ?? ConfigurationNode(.mapping([]), origin: .line(1, file: name))
    if isNull { content = .mapping([]) }
    guard entries != nil else {
      throw ConfigurationError(
        origin,
        problem: "expected sections such as 'network:' and 'data:', found \(found)")
    }
  }

  /// The value of one override: a list, a section or quoted text in YAML, `[64, 64, 64]`,
  /// `{patience: 5}`; everything else is one word as it stands, so that `*.tif` needs no quotes.
  package init(overrideValue text: String, override: String) throws(ConfigurationError) {
    let word = text.trimmingCharacters(in: .whitespaces)
    let origin = Origin.override(override)
    if let first = word.first, "[{'\"".contains(first) {
      self = try Self.compose(word) { _ in origin } ?? ConfigurationNode(.null, origin: origin)
    } else {
      self.init(Self.content(ofPlain: word), origin: origin)
    }
  }

  /// What a word without quotes is.
  private static func content(ofPlain word: String) -> Content {
    ["", "~", "null", "Null", "NULL"].contains(word) ? .null : .plain(word)
  }

  private static func compose(
    _ yaml: String, origin: (Int) -> Origin
  ) throws(ConfigurationError) -> ConfigurationNode? {
    let aliases = aliasCount(in: yaml)
    guard aliases <= aliasLimit else {
      throw ConfigurationError(
        origin(1),
        problem: "repeats anchors \(aliases) times (*name); at most \(aliasLimit) are read: write "
          + "the values out")
    }
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      throw ConfigurationError(
        origin(error.line ?? 1),
        problem: "not valid YAML: \(error.reason)")
    } catch {
      throw ConfigurationError(
        origin(1), problem: "not valid YAML: \(error)")
    }
    guard let root else { return nil }
    var count = 0
    return try convert(root, &count, origin: origin)
  }

  /// The largest number of values in a text; repeated ones count each time.
  private static let valueLimit = 100_000
  /// The largest number of aliases in a text: a few lines of aliases of aliases can expand to
  /// gigabytes.
  private static let aliasLimit = 16

  /// The number of aliases, `*name`, in a text. A star in the middle of a word or after a quotation
  /// mark is not an alias; stars in comments and inside texts count too.
  private static func aliasCount(in yaml: String) -> Int {
    func isName(_ byte: UInt8) -> Bool {
      (0x41...0x5A).contains(byte & 0xDF) || (0x30...0x39).contains(byte)
        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
    let bytes = Array(yaml.utf8)
    return bytes.indices.count { index in
      guard bytes[index] == UInt8(ascii: "*"), index + 1 < bytes.count, isName(bytes[index + 1])
      else { return false }
      guard index > 0 else { return true }
      let before = bytes[index - 1]
      return !isName(before) && before != UInt8(ascii: "'") && before != UInt8(ascii: "\"")
    }
  }

  private static func convert(
    _ node: Node, _ count: inout Int, origin: (Int) -> Origin
  ) throws(ConfigurationError) -> ConfigurationNode {
    let nodeOrigin = origin(node.mark?.line ?? 1)
    count += 1
    guard count <= valueLimit else {
      throw ConfigurationError(
        nodeOrigin,
        problem: "has more than \(valueLimit) values, which no configuration needs")
    }
    switch node {
    case .scalar(let scalar):
      switch scalar.style {
      case .singleQuoted, .doubleQuoted, .literal, .folded:
        return ConfigurationNode(.quoted(scalar.string), origin: nodeOrigin)
      default:
        return ConfigurationNode(Self.content(ofPlain: scalar.string), origin: nodeOrigin)
      }
    case .sequence(let sequence):
      var items: [ConfigurationNode] = []
      for item in sequence { items.append(try convert(item, &count, origin: origin)) }
      return ConfigurationNode(.list(items), origin: nodeOrigin)
    case .mapping(let mapping):
      var entries: [Entry] = []
      for (key, value) in mapping {
        let keyOrigin = origin(key.mark?.line ?? 1)
        guard case .scalar(let scalar) = key else {
          throw ConfigurationError(
            keyOrigin, problem: "a key must be one word")
        }
        let inner = try convert(value, &count, origin: origin)
        entries.append(Entry(key: scalar.string, origin: keyOrigin, value: inner))
      }
      return ConfigurationNode(.mapping(entries), origin: nodeOrigin)
    case .alias:
      throw ConfigurationError(
        nodeOrigin, problem: "an alias refers to nothing")
    }
  }

  /// The tree as YAML text.
  package var yaml: String {
    var text = ""
    write(to: &text, indentation: 0)
    return text
  }

  private func write(to text: inout String, indentation: Int) {
    for entry in entries ?? [] {
      text += String(repeating: "  ", count: indentation) + entry.key + ":"
      if let inner = entry.value.entries, !inner.isEmpty {
        text += "\n"
        entry.value.write(to: &text, indentation: indentation + 1)
      } else {
        text += " " + entry.value.inline + "\n"
      }
    }
  }

  /// The value on one line, in YAML's flow style (which is JSON for quoted text).
  private var inline: String {
    switch content {
    case .null: return "null"
    case .plain(let text): return text
    case .quoted(let text): return text.quotedForJSON()
    case .list(let items): return "[" + items.map(\.inline).joined(separator: ", ") + "]"
    case .mapping(let entries):
      return "{" + entries.map { "\($0.key): \($0.value.inline)" }.joined(separator: ", ") + "}"
    }
  }
}

extension YamlError {
  /// The line of a syntax error, counted from 1.
  fileprivate var line: Int? {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      mark.line
    case .duplicatedKeysInMapping(_, let context): context.mark.line
    default: nil
    }
  }

  /// The reason on one line.
  fileprivate var reason: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _),
      .composer(_, let problem, _, _):
      problem.trimmingSuffix { $0.isWhitespace }
    case .duplicatedKeysInMapping(let duplicates, _):
      "'\(duplicates.map { "\($0)" }.joined(separator: "', '"))' is given twice"
    default: "\(self)".split(separator: "\n").first.map(String.init) ?? "unreadable"
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
    var copy = self
    while let last = copy.last, predicate(last) { copy.removeLast() }
    return copy
  }
}
