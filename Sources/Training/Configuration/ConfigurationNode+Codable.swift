extension ConfigurationNode: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ stringValue: String) { self.stringValue = stringValue }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }

  /// Reads any JSON-like value.
  package init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      let entries = try container.allKeys.map {
        Entry(
          key: $0.stringValue, origin: .program,
          value: try container.decode(ConfigurationNode.self, forKey: $0))
      }
      self.init(.mapping(entries))
    } else if var container = try? decoder.unkeyedContainer() {
      var items: [ConfigurationNode] = []
      while !container.isAtEnd { items.append(try container.decode(ConfigurationNode.self)) }
      self.init(.list(items))
    } else {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self.init(.null)
      } else if let value = try? container.decode(Bool.self) {
        self.init(.plain("\(value)"))
      } else if let value = try? container.decode(UInt64.self) {
        self.init(.plain("\(value)"))
      } else if let value = try? container.decode(Int.self) {
        self.init(.plain("\(value)"))
      } else if let value = try? container.decode(Double.self) {
        self.init(.plain("\(value)"))
      } else {
        self.init(.quoted(try container.decode(String.self)))
      }
    }
  }

  /// Writes a JSON-like value: bare numbers and truth values typed, everything else as text.
  package func encode(to encoder: any Encoder) throws {
    switch content {
    case .mapping(let entries):
      var container = encoder.container(keyedBy: Key.self)
      for entry in entries { try container.encode(entry.value, forKey: Key(entry.key)) }
    case .list(let items):
      var container = encoder.unkeyedContainer()
      for item in items { try container.encode(item) }
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .quoted(let text):
      var container = encoder.singleValueContainer()
      try container.encode(text)
    case .plain(let text):
      var container = encoder.singleValueContainer()
      if let value = Bool(text) {
        try container.encode(value)
      } else if let value = UInt64(text) {
        try container.encode(value)
      } else if let value = Int(text) {
        try container.encode(value)
      } else if let value = Double(text), value.isFinite {
        try container.encode(value)
      } else {
        try container.encode(text)
      }
    }
  }
}
