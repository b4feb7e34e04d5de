import Compute
import Foundation
import Networks
import Tensors

/// NumPy's array format (`.npy`, NumPy Enhancement Proposal 1): a magic string, a version, the
/// length of a header, the header, which is the text of a Python dictionary with `descr`,
/// `fortran_order` and `shape`, and the numbers.
package enum NPYFile {
  private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

  /// Reads an array from the bytes of a file.
  ///
  /// Floats of 16, 32 and 64 bits, integers of 8 to 64 bits and booleans are read, in both byte
  /// orders and both orders of axes.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - file: The file's name, for messages.
  ///   - name: The array's name where the file holds several.
  /// - Throws: `WeightsError` of kind `unsupported` for other types, for example objects, which
  ///   would have to be unpickled; of other kinds for damaged files.
  package static func read(
    _ bytes: Data, file: String, name: String? = nil
  ) throws(WeightsError) -> SafeTensors.Array {
    let header = try NPYHeader(bytes, file: file, name: name)
    let payload = bytes.dropFirst(header.length)
    guard payload.count == header.byteCount else {
      throw WeightsError(
        payload.count < header.byteCount ? .truncated : .malformed, file: file, tensor: name,
        "\(header.descriptor) of shape \(header.shape) takes \(header.byteCount.counted("byte")), "
          + "\(payload.count) follow the header")
    }
    let array = try decode(payload, header, file: file, name: name)
    return header.isColumnMajor ? rowMajor(array) : array
  }

  /// The bytes of a file with a tensor as little-endian float32.
  package static func write(_ tensor: Tensor) -> Data {
    let dimensions = tensor.shape.dimensions
    let shape =
      dimensions.count == 1
      ? "\(dimensions[0])," : dimensions.map(String.init).joined(separator: ", ")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(shape)), }"
    // Magic, version and length take 10 bytes; the numbers start at a multiple of 64.
    let unpadded = 10 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    var bytes = Data(magic + [1, 0])
    bytes += LittleEndian.bytes([UInt16(header.utf8.count)])
    bytes += Data(header.utf8)
    tensor.forEachBlockOfBytes { bytes += $0 }
    return bytes
  }

  private static func decode(
    _ payload: Data, _ header: NPYHeader, file: String, name: String?
  ) throws(WeightsError) -> SafeTensors.Array {
    let shape = header.shape
    func words<Word: FixedWidthInteger & BitwiseCopyable>(_ type: Word.Type) -> [Word] {
      let words = LittleEndian.array(payload, of: type)
      return header.isBigEndian ? words.map(\.byteSwapped) : words
    }
    func integers<Word: FixedWidthInteger & BitwiseCopyable>(
      _ type: Word.Type
    ) throws(WeightsError) -> SafeTensors.Array {
      var values: [Int64] = []
      for word in words(type) {
        guard let value = Int64(exactly: word) else {
          throw WeightsError(
            .unsupported, file: file, tensor: name, "the integer \(word) is above 2⁶³ − 1")
        }
        values.append(value)
      }
      return .int64(values, shape: shape)
    }
    switch header.kind {
    case "f2":
      let values = words(UInt16.self).map { Float(Float16(bitPattern: $0)) }
      return .float32(Tensor(values, shape: shape))
    case "f4" where !header.isBigEndian: return .float32(Tensor(bytes: Data(payload), shape: shape))
    case "f4":
      return .float32(Tensor(words(UInt32.self).map(Float.init(bitPattern:)), shape: shape))
    case "f8": return .float64(words(UInt64.self).map(Double.init(bitPattern:)), shape: shape)
    case "i1": return try integers(Int8.self)
    case "i2": return try integers(Int16.self)
    case "i4": return try integers(Int32.self)
    case "i8": return try integers(Int64.self)
    case "u1", "b1": return try integers(UInt8.self)
    case "u2": return try integers(UInt16.self)
    case "u4": return try integers(UInt32.self)
    default: return try integers(UInt64.self)
    }
  }

  /// An array whose first axis is the fastest, with the last one fastest.
  private static func rowMajor(_ array: SafeTensors.Array) -> SafeTensors.Array {
    let dimensions = array.shape.dimensions
    let offsets = Self.columnMajorOffsets(dimensions)
    switch array {
    case .float32(let tensor):
      let values = tensor.scalars
      return .float32(Tensor(offsets.map { values[$0] }, shape: tensor.shape))
    case .float64(let values, let shape): return .float64(offsets.map { values[$0] }, shape: shape)
    case .int64(let values, let shape): return .int64(offsets.map { values[$0] }, shape: shape)
    }
  }

  /// Where the elements of a row-major array lie in a column-major one.
  private static func columnMajorOffsets(_ dimensions: [Int]) -> [Int] {
    // An axis may be empty whatever the others are.
    if dimensions.contains(0) { return [] }
    var offsets = [0]
    var stride = 1
    // Axis by axis, the slowest of the result first.
    for dimension in dimensions {
      let step = stride
      offsets = offsets.flatMap { offset in (0..<dimension).map { offset + $0 * step } }
      stride *= dimension
    }
    return offsets
  }
}
