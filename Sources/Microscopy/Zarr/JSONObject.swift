import Foundation

/// An object of a JSON file whose keys are looked up with the type that is expected.
struct JSONObject {
  let values: [String: Any]

  init(_ values: [String: Any]) { self.values = values }

  /// Parses JSON; nil if the data are not JSON, or not an object.
  init?(_ data: Data) {
    // Foundation's parser does not know NaN and Infinity, which Python writes as fill values.
    let object = try? JSONSerialization.jsonObject(with: data)
    guard let values = object as? [String: Any] else { return nil }
    self.values = values
  }

  /// The value of a key, nil where it is missing or null.
  subscript(key: String) -> Any? {
    let value = values[key]
    return value is NSNull ? nil : value
  }

  /// The text of a key.
  func text(_ key: String) -> String? { self[key] as? String }

  /// The whole number of a key.
  func integer(_ key: String) -> Int? { Self.integer(self[key]) }

  /// The object of a key.
  func object(_ key: String) -> JSONObject? { (self[key] as? [String: Any]).map(Self.init) }

  /// The list of a key.
  func list(_ key: String) -> [Any]? { self[key] as? [Any] }

  /// The objects in the list of a key; nil where one is something else.
  func objects(_ key: String) -> [JSONObject]? {
    guard let list = list(key) else { return nil }
    let objects = list.compactMap { ($0 as? [String: Any]).map(Self.init) }
    return objects.count == list.count ? objects : nil
  }

  /// The whole numbers in the list of a key; nil where one is something else.
  func integers(_ key: String) -> [Int]? {
    guard let list = list(key) else { return nil }
    let numbers = list.compactMap(Self.integer)
    return numbers.count == list.count ? numbers : nil
  }

  /// The numbers in the list of a key; nil where one is something else.
  func numbers(_ key: String) -> [Double]? {
    guard let list = list(key) else { return nil }
    let numbers = list.compactMap { ($0 as? NSNumber)?.doubleValue }
    return numbers.count == list.count ? numbers : nil
  }

  private static func integer(_ value: Any?) -> Int? {
    (value as? NSNumber).flatMap { Int(exactly: $0.doubleValue) }
  }
}
