import Compute
import Foundation
import Tensors

extension SafeTensors {
  /// Writes a file under a temporary name and renames it, so that it appears whole or not at all.
  ///
  /// Equal contents give equal bytes: large elements first, so that every array is aligned, then by
  /// name; the header padded with spaces to a multiple of 8 bytes, as the reference writer does.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - halvesWeights: Whether float32 arrays of two axes and more, the weights of convolutions,
  ///     are rounded to F16: half the file, each weight within 0.05 %. Biases and statistics stay
  ///     as they are.
  /// - Throws: ``WeightsError`` where the file cannot be written, or a weight is too large for F16.
  public func write(to path: String, halvesWeights: Bool = false) throws(WeightsError) {
    let stored = arrays.map { name, array in
      StoredArray(name: name, array: array, isHalf: halvesWeights && array.canBeHalved)
    }
    let ordered = stored.sorted { a, b in (-a.elementSize, a.name) < (-b.elementSize, b.name) }
    if arrays["__metadata__"] != nil {
      throw WeightsError(
        .unwritable, file: path, tensor: "__metadata__", "the format reserves this name")
    }
    for stored in ordered where stored.isHalf {
      guard case .float32(let tensor) = stored.array else { continue }
      guard tensor.scalars.allSatisfy({ abs($0) <= Float(Float16.greatestFiniteMagnitude) }) else {
        throw WeightsError(
          .unwritable, file: path, tensor: stored.name,
          "a value is not finite or above 65504, the largest in half precision")
      }
    }
    let header = header(ordered)
    do {
      try AtomicFile.write(to: path) { handle in
        try handle.write(contentsOf: LittleEndian.bytes([UInt64(header.count)]))
        try handle.write(contentsOf: header)
        for stored in ordered {
          switch stored.array {
          case .float32(let tensor) where stored.isHalf:
            let halves = tensor.scalars.map { Float16($0).bitPattern }
            try handle.write(contentsOf: LittleEndian.bytes(halves))
          case .float32(let tensor):
            try tensor.forEachBlockOfBytes { try handle.write(contentsOf: $0) }
          case .float64(let values, _): try handle.write(contentsOf: LittleEndian.bytes(values))
          case .int64(let values, _): try handle.write(contentsOf: LittleEndian.bytes(values))
          }
        }
      }
    } catch let error as FileError {
      throw WeightsError(.unwritable, error)
    } catch {
      throw WeightsError(.unwritable, file: path, error.localizedDescription)
    }
  }

  private func header(_ ordered: [StoredArray]) -> Data {
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
        .map { "\($0.key.quotedForJSON()):\($0.value.quotedForJSON())" }
      fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for stored in ordered {
      let array = stored.array
      precondition(
        array.count == array.shape.count,
        "\(array.count) values of \(stored.name) do not fill \(array.shape)")
      let end = offset + array.shape.count * stored.elementSize
      let shape = array.shape.dimensions.map(String.init).joined(separator: ",")
      fields.append(
        "\(stored.name.quotedForJSON()):{\"dtype\":\"\(stored.typeName)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
      )
      offset = end
    }
    var json = Data("{\(fields.joined(separator: ","))}".utf8)
    while json.count % 8 != 0 { json.append(0x20) }
    return json
  }
}

/// An array with the type that it has in the file.
private struct StoredArray {
  let name: String
  let array: SafeTensors.Array
  let isHalf: Bool

  /// The type as the file names it.
  var typeName: String {
    switch array {
    case .float32: isHalf ? "F16" : "F32"
    case .float64: "F64"
    case .int64: "I64"
    }
  }

  /// Bytes of an element in the file.
  var elementSize: Int {
    switch array {
    case .float32: isHalf ? 2 : 4
    case .float64, .int64: 8
    }
  }
}

extension SafeTensors.Array {
  /// Whether these may be the weights of a convolution.
  fileprivate var canBeHalved: Bool {
    if case .float32(let tensor) = self { tensor.shape.rank >= 2 } else { false }
  }

  /// The number of values, which fill the shape.
  fileprivate var count: Int {
    switch self {
    case .float32(let tensor): tensor.count
    case .float64(let values, _): values.count
    case .int64(let values, _): values.count
    }
  }
}
