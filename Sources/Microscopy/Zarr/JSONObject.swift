import Foundation

/// An object of a JSON file whose keys are looked up with the type that is expected.
struct JSONObject {
  let values: [String: Any]

  init(_ values: [String: Any]) { self.values = values }

  /// Parses JSON, in which NaN and infinities may stand as Python writes them; nil if the data are
  /// not JSON, or not an object.
  init?(_ data: Data) {
    let object = try? JSONSerialization.jsonObject(with: Self.quotingBareNumbers(data))
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

  /// The name and the configuration of an extension of Zarr 3: `{"name": …, "configuration": …}`,
  /// or the bare name of one without a configuration.
  func named(_ key: String) -> (name: String, configuration: JSONObject?)? {
    Self.named(self[key])
  }

  /// The extensions in the list of a key; nil where one is something else.
  func allNamed(_ key: String) -> [(name: String, configuration: JSONObject?)]? {
    guard let list = list(key) else { return nil }
    let found = list.compactMap(Self.named)
    return found.count == list.count ? found : nil
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

  private static func named(_ value: Any?) -> (name: String, configuration: JSONObject?)? {
    if let name = value as? String { return (name, nil) }
    let object = (value as? [String: Any]).map(Self.init)
    return object?.text("name").map { ($0, object?.object("configuration")) }
  }

  /// The same JSON with quotes around NaN, Infinity and -Infinity outside of texts: Python writes
  /// them bare, and Foundation's parser does not know them.
  private static func quotingBareNumbers(_ data: Data) -> Data {
    let bytes = [UInt8](data)
    let words = ["NaN", "Infinity", "-Infinity"].map { [UInt8]($0.utf8) }
    let firsts = words.map { $0[0] }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var isText = false
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      if isText, byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
        result += bytes[position...position + 1]
        position += 2
        continue
      }
      if byte == UInt8(ascii: "\"") { isText.toggle() }
      if !isText, firsts.contains(byte),
        let word = words.first(where: { bytes[position...].starts(with: $0) })
      {
        result += [UInt8(ascii: "\"")] + word + [UInt8(ascii: "\"")]
        position += word.count
        continue
      }
      result.append(byte)
      position += 1
    }
    return Data(result)
  }
}
