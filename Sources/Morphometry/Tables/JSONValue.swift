import Compute
import Foundation

/// A value of a JSON file whose keys stand in the order they were given.
package enum JSONValue: Hashable, Sendable {
  /// `null`.
  case null
  /// A whole number.
  case integer(Int)
  /// A number, with the fewest digits that read back the same; not finite: `null`.
  case number(Double)
  /// Text.
  case text(String)
  /// `true` or `false`.
  case flag(Bool)
  /// A list.
  case list([JSONValue])
  /// Keys with values, in this order.
  case object([Entry])

  /// A key with its value.
  package struct Entry: Hashable, Sendable {
    /// The key.
    package let key: String
    /// The value.
    package let value: JSONValue

    /// A key with its value.
    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// A number, or `null` for nil.
  package init(_ number: Double?) { self = number.map(Self.number) ?? .null }
  /// A whole number, or `null` for nil.
  package init(_ number: Int?) { self = number.map(Self.integer) ?? .null }
  /// Text, or `null` for nil.
  package init(_ text: String?) { self = text.map(Self.text) ?? .null }

  /// The value of a key of an object, nil where there is none.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let entries) = self else { return nil }
    return entries.first { $0.key == key }?.value
  }

  /// The text of a file: indented by two spaces, lists of plain values on one line, ended by `\n`.
  package var fileText: String { text(indented: "") + "\n" }

  /// The text on one line, without an end.
  package var lineText: String {
    switch self {
    case .list(let values): "[" + values.map(\.lineText).joined(separator: ", ") + "]"
    case .object(let entries):
      "{"
        + entries.map { "\($0.key.quotedForJSON()): \($0.value.lineText)" }
        .joined(separator: ", ") + "}"
    default: text(indented: "")
    }
  }

  /// Writes ``fileText`` to a file, which appears whole or not at all.
  package func write(to path: String) throws {
    try AtomicFile.write(to: path) { try $0.write(contentsOf: Data(fileText.utf8)) }
  }

  private func text(indented indent: String) -> String {
    let inner = indent + "  "
    switch self {
    case .null: return "null"
    case .integer(let value): return "\(value)"
    case .number(let value): return value.isFinite ? "\(value)" : "null"
    case .text(let value): return value.quotedForJSON()
    case .flag(let value): return value ? "true" : "false"
    case .list(let values):
      if values.allSatisfy(\.isPlain) {
        return "[" + values.map { $0.text(indented: "") }.joined(separator: ", ") + "]"
      }
      return "[\n"
        + values.map { inner + $0.text(indented: inner) }.joined(separator: ",\n")
        + "\n\(indent)]"
    case .object(let entries):
      if entries.isEmpty { return "{}" }
      return "{\n"
        + entries.map { "\(inner)\($0.key.quotedForJSON()): \($0.value.text(indented: inner))" }
        .joined(separator: ",\n") + "\n\(indent)}"
    }
  }

  private var isPlain: Bool {
    switch self {
    case .list, .object: false
    default: true
    }
  }
}
