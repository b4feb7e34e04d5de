import Compute

extension ConfigurationNode {
  /// Applies one override: `a.b=value` puts the value (any YAML) under key `b` of section `a`,
  /// making sections that are missing; the value `null` takes the key out, so its default applies.
  package mutating func apply(override: String) throws(ConfigurationError) {
    guard let equals = override.firstIndex(of: "=") else {
      throw ConfigurationError(
        .override(override),
        problem: "expected key=value, for example training.epochs=20")
    }
    let keys = override[..<equals].split(separator: ".", omittingEmptySubsequences: false)
      .map { $0.filter { !$0.isWhitespace } }
    guard keys.allSatisfy({ !$0.isEmpty }) else {
      throw ConfigurationError(
        .override(override),
        problem: "'\(override[..<equals])' is not a path of keys such as training.epochs")
    }
    let value = try ConfigurationNode(
      overrideValue: String(override[override.index(after: equals)...]), override: override)
    try put(value, at: keys[...], path: [])
  }

  private mutating func put(
    _ value: ConfigurationNode, at keys: ArraySlice<String>, path: [String]
  ) throws(ConfigurationError) {
    guard let key = keys.first else {
      self = value
      return
    }
    if isNull { content = .mapping([]) }
    guard var entries else {
      let whole = path.joined(separator: ".")
      throw ConfigurationError(
        value.origin, keyPath: whole,
        problem: "is \(found) (\(origin)), which has no keys", advice: .setWholeSection(key: whole))
    }
    var child =
      entries.first { $0.key == key }?.value ?? ConfigurationNode(.null, origin: value.origin)
    try child.put(value, at: keys.dropFirst(), path: path + [key])
    let entry = Entry(key: key, origin: value.origin, value: child)
    if let index = entries.firstIndex(where: { $0.key == key }) {
      if keys.count == 1 {
        entries[index] = entry
      } else {
        entries[index].value = child
      }
    } else {
      entries.append(entry)
    }
    content = .mapping(entries)
  }
}
