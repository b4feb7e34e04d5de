import Foundation

/// What the results of a job depend on besides its frames: names with values, as people write them.
///
/// Two runs into one folder must agree in them.
package struct JobSettings: Hashable, Sendable, Codable {
  /// The values by name.
  package private(set) var values: [String: String] = [:]

  /// The settings of a command of this version.
  package init(command: String) {
    values["command"] = command
    values["version"] = Version.current
  }

  /// Sets a value; nil stands for one that is not given.
  package mutating func set(_ name: String, _ value: String?) { values[name] = value ?? "none" }

  /// Sets a value for each property, by its name.
  package mutating func set(_ properties: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let data = try encoder.encode(properties)
    for (name, value) in try JSONDecoder().decode([String: Value].self, from: data) {
      set(name, value.text)
    }
  }

  /// The command whose results these are.
  package var command: String { values["command"] ?? "" }

  /// What differs from earlier settings, one clause for each: `threshold was 0.5, now 0.6`.
  package func differences(from earlier: JobSettings) -> [String] {
    Set(values.keys).union(earlier.values.keys).sorted().compactMap { name in
      let (before, now) = (earlier.values[name] ?? "none", values[name] ?? "none")
      return before == now
        ? nil : "\(name.replacing("_", with: " ")) was \(before), now \(now)"
    }
  }

  package init(from decoder: any Decoder) throws {
    values = try decoder.singleValueContainer().decode([String: String].self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }

  /// A property that is not made of others.
  private struct Value: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        text = "\(flag)"
      } else if let number = try? container.decode(Double.self) {
        text = "\(number)"
      } else {
        text = try container.decode(String.self)
      }
    }
  }
}
