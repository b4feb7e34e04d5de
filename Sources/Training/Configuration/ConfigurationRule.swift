/// What a value must fulfill, with the words for the message.
package struct ConfigurationRule<Value>: Sendable {
  /// The words after "must be".
  package let words: String
  /// Whether a value is allowed.
  package let allows: @Sendable (Value) -> Bool

  package init(_ words: String, _ allows: @escaping @Sendable (Value) -> Bool) {
    self.words = words
    self.allows = allows
  }

  /// Every value.
  package static var any: Self { Self("anything") { _ in true } }
}

extension ConfigurationRule where Value: Comparable & Sendable {
  package static func atLeast(_ bound: Value) -> Self { Self("at least \(bound)") { $0 >= bound } }
  package static func above(_ bound: Value) -> Self { Self("above \(bound)") { $0 > bound } }
  package static func within(_ range: ClosedRange<Value>) -> Self {
    Self("from \(range.lowerBound) to \(range.upperBound)") { range.contains($0) }
  }
  package static func from(_ low: Value, below high: Value) -> Self {
    Self("at least \(low) and below \(high)") { $0 >= low && $0 < high }
  }
}

extension ConfigurationRule<Double> {
  package static var probability: Self { .within(0...1) }
}

extension ConfigurationRule<Int> {
  package static var odd: Self { Self("odd and at least 1") { $0 >= 1 && $0 % 2 == 1 } }
}

extension ConfigurationRule<String> {
  package static var nonEmpty: Self { Self("not empty") { !$0.isEmpty } }
}
