/// A tree of configuration values as written, each with its origin.
///
/// It stands between the text (YAML, JSON, overrides) and the typed ``TrainingConfiguration``: both
/// directions of the conversion go through it.
package struct ConfigurationNode: Sendable {
  /// Where a value was written.
  package typealias Origin = ConfigurationOrigin

  /// One key of a mapping.
  package struct Entry: Sendable, Equatable {
    package var key: String
    package var origin: Origin
    package var value: ConfigurationNode

    /// The same key and value; where they were written does not matter.
    package static func == (a: Entry, b: Entry) -> Bool { a.key == b.key && a.value == b.value }
  }

  /// What a value is.
  package enum Content: Sendable, Equatable {
    case null
    /// A number, a truth value or a bare word.
    case plain(String)
    /// Text in quotes.
    case quoted(String)
    case list([ConfigurationNode])
    case mapping([Entry])
  }

  package var content: Content
  package var origin: Origin

  package init(_ content: Content, origin: Origin = .program) {
    self.content = content
    self.origin = origin
  }

  /// The text of a scalar, nil for anything else.
  package var text: String? {
    switch content {
    case .plain(let text), .quoted(let text): text
    default: nil
    }
  }

  /// True for `null`, `~` and nothing.
  package var isNull: Bool { content == .null }

  /// The entries of a mapping; nil for anything else.
  package var entries: [Entry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  /// The node under a key of a mapping.
  package subscript(key: String) -> ConfigurationNode? {
    entries?.first { $0.key == key }?.value
  }

  /// The node at a path of keys, nil if a step is missing.
  package func node(at path: [String]) -> ConfigurationNode? {
    path.reduce(Optional(self)) { $0?[$1] }
  }

  /// A short phrase for messages: what stands here.
  package var found: String {
    switch content {
    case .null: "nothing"
    case .plain(let text), .quoted(let text): "'\(text)'"
    case .list(let items): "a list of \(items.count)"
    case .mapping: "a section"
    }
  }
}

extension ConfigurationNode: Equatable {
  /// The same values; where they were written does not matter.
  package static func == (a: ConfigurationNode, b: ConfigurationNode) -> Bool {
    a.content == b.content
  }
}
