/// A value that is written as one word or number.
package protocol ConfigurationScalar: Sendable, Equatable {
  /// The value of this text, nil if it has none.
  init?(configurationText: String)
  /// The value as written.
  var configurationContent: ConfigurationNode.Content { get }
  /// What is expected, for messages: `a number`.
  static var expectation: String { get }
  /// The words that are possible; empty if there are too many to list.
  static var choices: [String] { get }
}

extension ConfigurationScalar {
  package static var choices: [String] { [] }
}

/// A choice between named kinds; the raw value is the word in the file.
package protocol ConfigurationChoice: ConfigurationScalar, RawRepresentable, CaseIterable
where RawValue == String {}

extension ConfigurationChoice {
  package init?(configurationText: String) { self.init(rawValue: configurationText) }
  package var configurationContent: ConfigurationNode.Content { .plain(rawValue) }
  package static var expectation: String { "one of " + choices.joined(separator: ", ") }
  package static var choices: [String] { allCases.map(\.rawValue) }
}

extension Int: ConfigurationScalar {
  package init?(configurationText: String) { self.init(configurationText) }
  package var configurationContent: ConfigurationNode.Content { .plain("\(self)") }
  package static var expectation: String { "a whole number" }
}

extension UInt64: ConfigurationScalar {
  package init?(configurationText: String) { self.init(configurationText) }
  package var configurationContent: ConfigurationNode.Content { .plain("\(self)") }
  package static var expectation: String { "a whole number from 0 to 18446744073709551615" }
}

extension Double: ConfigurationScalar {
  package init?(configurationText: String) {
    guard let value = Double(configurationText), value.isFinite else { return nil }
    self = value
  }
  package var configurationContent: ConfigurationNode.Content { .plain("\(self)") }
  package static var expectation: String { "a number" }
}

extension Bool: ConfigurationScalar {
  package init?(configurationText: String) {
    switch configurationText {
    case "true": self = true
    case "false": self = false
    default: return nil
    }
  }
  package var configurationContent: ConfigurationNode.Content { .plain("\(self)") }
  package static var expectation: String { "true or false" }
}

extension String: ConfigurationScalar {
  package init?(configurationText: String) { self = configurationText }
  package var configurationContent: ConfigurationNode.Content { .quoted(self) }
  package static var expectation: String { "text" }
}
