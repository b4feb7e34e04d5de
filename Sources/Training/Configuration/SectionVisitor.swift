/// Reads one section from a tree, or writes it to one.
package final class SectionVisitor<Key: ConfigurationKey> {
  /// True when values are read, false when they are written.
  package let isReading: Bool
  /// Where relative paths start.
  package let context: PathContext
  /// The keys that lead to this section.
  package let path: [String]
  /// What was written.
  package private(set) var written: [ConfigurationNode.Entry] = []

  private let node: ConfigurationNode?
  private var visited: Set<Key> = []

  /// A reader of a section; nil stands for a section that is not there, so all defaults apply.
  package init(
    reading node: ConfigurationNode?, path: [String], context: PathContext
  ) throws(ConfigurationError) {
    isReading = true
    self.context = context
    self.path = path
    self.node = node
    guard let node, !node.isNull else { return }
    guard let entries = node.entries else {
      throw ConfigurationError(
        node.origin, keyPath: path.joined(separator: "."),
        problem: "expected a section with keys (\(Self.names.joined(separator: ", "))), "
          + "found \(node.found)")
    }
    for entry in entries where Key(rawValue: entry.key) == nil {
      let nearest = NearestName.suggestion(for: entry.key, among: Self.names)
      throw ConfigurationError(
        entry.origin,
        keyPath: (path + [entry.key]).joined(separator: "."),
        problem: nearest.map { "unknown key; did you mean '\($0)'?" }
          ?? "unknown key; the keys here are \(Self.names.joined(separator: ", "))")
    }
  }

  /// A writer of a section.
  package init(writing path: [String]) {
    isReading = false
    context = PathContext(fileDirectory: "", workingDirectory: "")
    self.path = path
    node = nil
  }

  private static var names: [String] { Key.allCases.map(\.rawValue) }

  /// The value of a key as written; nil if it is absent or `null`.
  package func given(_ key: Key) -> ConfigurationNode? {
    guard let value = node?[key.rawValue], !value.isNull else { return nil }
    return value
  }

  /// Where a key was written, or where its section was.
  package func origin(of key: Key) -> ConfigurationNode.Origin {
    node?.entries?.first { $0.key == key.rawValue }?.origin ?? node?.origin ?? .program
  }

  /// The error that a key is wrong.
  package func error(_ key: Key, _ problem: String) -> ConfigurationError {
    ConfigurationError(
      origin(of: key), keyPath: (path + [key.rawValue]).joined(separator: "."),
      problem: problem)
  }

  /// Reads or writes a key whose value has any form.
  package func custom<Value>(
    _ key: Key, _ value: inout Value,
    read: (ConfigurationNode) throws(ConfigurationError) -> Value,
    write: (Value) -> ConfigurationNode?
  ) throws(ConfigurationError) {
    visited.insert(key)
    if isReading {
      if let given = given(key) { value = try read(given) }
    } else if let node = write(value) {
      written.append(ConfigurationNode.Entry(key: key.rawValue, origin: .program, value: node))
    }
  }

  /// Refuses keys that mean nothing together with the others.
  package func inapplicable(_ keys: [Key], _ reason: String) throws(ConfigurationError) {
    for key in keys {
      visited.insert(key)
      if given(key) != nil { throw error(key, "does not apply: \(reason)") }
    }
  }

  /// Ends the visit: every key must have been visited, so that none is read and ignored.
  package func finish() {
    let forgotten = Key.allCases.filter { !visited.contains($0) }
    precondition(forgotten.isEmpty, "\(path.joined(separator: ".")) never visits \(forgotten)")
  }
}

extension ConfigurationSection {
  /// Reads the section from a tree.
  package init(
    reading node: ConfigurationNode?, defaults: Self, path: [String], context: PathContext
  ) throws(ConfigurationError) {
    self = defaults
    let visitor = try SectionVisitor<Key>(reading: node, path: path, context: context)
    try visit(visitor)
    visitor.finish()
  }

  /// The section as a tree.
  package func node(path: [String]) -> ConfigurationNode {
    var copy = self
    let visitor = SectionVisitor<Key>(writing: path)
    do {
      try copy.visit(visitor)
    } catch {
      preconditionFailure("writing a section checks nothing, yet failed: \(error)")
    }
    visitor.finish()
    return ConfigurationNode(.mapping(visitor.written))
  }
}
