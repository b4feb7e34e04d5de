extension SectionVisitor {
  /// A single value.
  package func value<Value: ConfigurationScalar>(
    _ key: Key, _ value: inout Value, _ rule: ConfigurationRule<Value> = .any
  ) throws(ConfigurationError) {
    try custom(key, &value) { node throws(ConfigurationError) in
      try scalar(key, node, rule)
    } write: {
      ConfigurationNode($0.configurationContent)
    }
  }

  /// A single value that may be absent.
  package func value<Value: ConfigurationScalar>(
    _ key: Key, _ value: inout Value?, _ rule: ConfigurationRule<Value> = .any
  ) throws(ConfigurationError) {
    try custom(key, &value) { node throws(ConfigurationError) in
      try scalar(key, node, rule)
    } write: {
      $0.map { ConfigurationNode($0.configurationContent) }
    }
  }

  /// A single value that must be given.
  package func required<Value: ConfigurationScalar>(
    _ key: Key, _ value: inout Value, _ rule: ConfigurationRule<Value> = .any, meaning: String
  ) throws(ConfigurationError) {
    if isReading, given(key) == nil { throw missing(key, meaning) }
    try self.value(key, &value, rule)
  }

  /// The error that a key must be given.
  package func missing(_ key: Key, _ meaning: String) -> ConfigurationError {
    error(key, "is missing; give \(meaning)")
  }

  /// A list of values; `count` says how many there must be.
  package func list<Value: ConfigurationScalar>(
    _ key: Key, _ value: inout [Value], count: Int? = nil,
    _ rule: ConfigurationRule<Value> = .any
  ) throws(ConfigurationError) {
    try custom(key, &value) { node throws(ConfigurationError) in
      try scalars(key, node, count: count, rule)
    } write: {
      ConfigurationNode(.list($0.map { ConfigurationNode($0.configurationContent) }))
    }
  }

  /// A list of values that may be absent.
  package func list<Value: ConfigurationScalar>(
    _ key: Key, _ value: inout [Value]?, count: Int? = nil,
    _ rule: ConfigurationRule<Value> = .any
  ) throws(ConfigurationError) {
    try custom(key, &value) { node throws(ConfigurationError) in
      try scalars(key, node, count: count, rule)
    } write: { values in
      values.map {
        ConfigurationNode(.list($0.map { ConfigurationNode($0.configurationContent) }))
      }
    }
  }

  /// Two bounds, `[lower, upper]`.
  package func range(
    _ key: Key, _ value: inout ClosedRange<Double>, _ rule: ConfigurationRule<Double> = .any
  ) throws(ConfigurationError) {
    try custom(key, &value) { node throws(ConfigurationError) in
      let bounds = try scalars(key, node, count: 2, rule)
      guard bounds[0] <= bounds[1] else {
        throw error(
          key, "must be [lower, upper]; \(bounds[0]) lies above \(bounds[1])")
      }
      return bounds[0]...bounds[1]
    } write: {
      ConfigurationNode(
        .list([$0.lowerBound, $0.upperBound].map { ConfigurationNode($0.configurationContent) }))
    }
  }

  /// A section of its own; its present value holds the defaults of absent keys.
  package func section<Section: ConfigurationSection>(
    _ key: Key, _ value: inout Section
  ) throws(ConfigurationError) {
    let defaults = value
    let sectionPath = path + [key.rawValue]
    try custom(key, &value) { node throws(ConfigurationError) in
      // What is missing in a section is missing at its name, not at its first key.
      let named = ConfigurationNode(node.content, origin: origin(of: key))
      return try Section(reading: named, defaults: defaults, path: sectionPath, context: context)
    } write: {
      $0.node(path: sectionPath)
    }
    if isReading, given(key) == nil {
      // Absent: its defaults apply, but a required key inside is still an error.
      let absent = ConfigurationNode(.null, origin: origin(of: key))
      value = try Section(reading: absent, defaults: defaults, path: sectionPath, context: context)
    }
  }

  /// A section that is off if absent.
  package func section<Section: ConfigurationSection>(
    _ key: Key, _ value: inout Section?
  ) throws(ConfigurationError) {
    try custom(key, &value) { node throws(ConfigurationError) in
      let named = ConfigurationNode(node.content, origin: origin(of: key))
      return try Section(
        reading: named, defaults: Section(), path: path + [key.rawValue], context: context)
    } write: {
      $0?.node(path: path + [key.rawValue])
    }
  }

  /// One value of a node.
  package func scalar<Value: ConfigurationScalar>(
    _ key: Key, _ node: ConfigurationNode, _ rule: ConfigurationRule<Value> = .any
  ) throws(ConfigurationError) -> Value {
    guard let text = node.text, let value = Value(configurationText: text) else {
      let nearest = node.text.flatMap { NearestName.suggestion(for: $0, among: Value.choices) }
      throw error(
        key,
        "expected \(Value.expectation), found \(node.found)"
          + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
    }
    guard rule.allows(value) else {
      throw error(key, "must be \(rule.words), found \(node.found)")
    }
    return value
  }

  /// The values of a list node.
  package func scalars<Value: ConfigurationScalar>(
    _ key: Key, _ node: ConfigurationNode, count: Int? = nil,
    _ rule: ConfigurationRule<Value> = .any
  ) throws(ConfigurationError) -> [Value] {
    guard case .list(let items) = node.content, count == nil || items.count == count else {
      let number = count.map { "\($0) values" } ?? "values"
      throw error(
        key, "expected a list of \(number), [a, b, …], found \(node.found)")
    }
    var values: [Value] = []
    for item in items { values.append(try scalar(key, item, rule)) }
    return values
  }
}
