import Compute
import Foundation
import Tensors

extension SafeTensors {
  /// Writes a file under a temporary name and renames it, so that it appears whole or not at all.
  ///
  /// Equal contents give equal bytes: 8-byte arrays first, so that every array is aligned, then by
  /// name; the header padded with spaces to a multiple of 8 bytes, as the reference writer does.
  ///
  /// - Throws: ``WeightsError`` where the file cannot be written.
  public func write(to path: String) throws(WeightsError) {
    let ordered = arrays.sorted { a, b in
      (-a.value.elementSize, a.key) < (-b.value.elementSize, b.key)
    }
    if arrays["__metadata__"] != nil {
      throw WeightsError(
        .unwritable, file: path, tensor: "__metadata__", "the format reserves this name")
    }
    let header = header(ordered)
    do {
      try AtomicFile.write(to: path) { handle in
        try handle.write(contentsOf: LittleEndian.bytes([UInt64(header.count)]))
        try handle.write(contentsOf: header)
        for (_, array) in ordered {
          switch array {
          case .float32(let tensor):
            try tensor.forEachBlockOfBytes { try handle.write(contentsOf: $0) }
          case .float64(let values, _): try handle.write(contentsOf: LittleEndian.bytes(values))
          case .int64(let values, _): try handle.write(contentsOf: LittleEndian.bytes(values))
          }
        }
      }
    } catch let error as FileError {
      throw WeightsError(.unwritable, file: path, error.reason)
    } catch {
      throw WeightsError(.unwritable, file: path, error.localizedDescription)
    }
  }

  private func header(_ ordered: [(key: String, value: Array)]) -> Data {
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
        .map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
      fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for (name, array) in ordered {
      precondition(
        array.count == array.shape.count,
        "\(array.count) values of \(name) do not fill \(array.shape)")
      let end = offset + array.shape.count * array.elementSize
      let shape = array.shape.dimensions.map(String.init).joined(separator: ",")
      fields.append(
        "\(Self.quoted(name)):{\"dtype\":\"\(array.typeName)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
      )
      offset = end
    }
    var json = Data("{\(fields.joined(separator: ","))}".utf8)
    while json.count % 8 != 0 { json.append(0x20) }
    return json
  }

  /// A JSON string.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension SafeTensors.Array {
  /// The type as the file names it.
  fileprivate var typeName: String {
    switch self {
    case .float32: "F32"
    case .float64: "F64"
    case .int64: "I64"
    }
  }

  /// The number of values, which fill the shape.
  fileprivate var count: Int {
    switch self {
    case .float32(let tensor): tensor.count
    case .float64(let values, _): values.count
    case .int64(let values, _): values.count
    }
  }

  /// Bytes of an element in the file.
  fileprivate var elementSize: Int {
    switch self {
    case .float32: 4
    case .float64, .int64: 8
    }
  }
}
