import Compute
import Foundation
import Tensors

extension SafeTensors {
  /// Reads a file.
  ///
  /// Everything the header claims is checked before memory is allocated for it, so a damaged or
  /// hostile file costs an error and no more. Arrays are read one at a time in file order: the peak
  /// is the contents plus the largest array.
  ///
  /// - Throws: ``WeightsError`` that names the file, and the tensor where the problem lies in one.
  public init(contentsOf path: String) throws(WeightsError) {
    self.init()
    source = path
    let file = try WeightsReader(path)
    let prefix = try file.read(8, "the length of the header")
    let length = LittleEndian.array(prefix, of: UInt64.self)[0]
    guard length <= SafeTensorsHeader.sizeLimit else {
      throw WeightsError(
        .malformed, file: path,
        "the header claims \(length) bytes, more than the format's limit of 100 MB: not a safetensors file?"
      )
    }
    guard Int(length) <= file.size - 8 else {
      throw WeightsError(
        .truncated, file: path,
        "the header claims \(length) bytes, but only \(file.size - 8) follow")
    }
    let json = try file.read(Int(length), "the header")
    let header = try SafeTensorsHeader(
      json: [UInt8](json), dataSize: file.size - 8 - Int(length), file: path)
    metadata = header.metadata
    for entry in header.entries {
      let bytes = try file.read(entry.bytes.count, "an array")
      arrays[entry.name] = Self.decode(bytes, entry.type, entry.shape)
    }
  }

  /// Whether a file of this size that begins with these bytes, at least nine, has the frame of a
  /// safetensors file: the length of a header that the file can hold, and the brace that begins it.
  package static func isBegun(by start: [UInt8], fileSize: Int) -> Bool {
    guard start.count > 8, start[8] == UInt8(ascii: "{") else { return false }
    let length = LittleEndian.array(Data(start[..<8]), of: UInt64.self)[0]
    return length >= 2 && length <= SafeTensorsHeader.sizeLimit && Int(length) <= fileSize - 8
  }

  private static func decode(
    _ bytes: Data, _ type: SafeTensorsHeader.DataType, _ shape: Shape
  ) -> Array {
    func integers<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type) -> Array {
      .int64(LittleEndian.array(bytes, of: Number.self).map { Int64($0) }, shape: shape)
    }
    switch type {
    case .f32: return .float32(Tensor(bytes: bytes, shape: shape))
    case .f16:
      let halves = LittleEndian.array(bytes, of: UInt16.self)
      return .float32(Tensor(halves.map { Float(Float16(bitPattern: $0)) }, shape: shape))
    case .bf16:
      // The upper half of a float32.
      let halves = LittleEndian.array(bytes, of: UInt16.self)
      return .float32(Tensor(halves.map { Float(bitPattern: UInt32($0) << 16) }, shape: shape))
    case .f64: return .float64(LittleEndian.array(bytes, of: Double.self), shape: shape)
    case .i64: return .int64(LittleEndian.array(bytes, of: Int64.self), shape: shape)
    case .i32: return integers(Int32.self)
    case .i16: return integers(Int16.self)
    case .i8: return integers(Int8.self)
    case .u32: return integers(UInt32.self)
    case .u16: return integers(UInt16.self)
    case .u8: return integers(UInt8.self)
    case .bool: return .int64(bytes.map { $0 == 0 ? 0 : 1 }, shape: shape)
    }
  }
}

/// A file read from front to back.
private struct WeightsReader {
  let path: String
  let size: Int
  private let handle: FileHandle

  init(_ path: String) throws(WeightsError) {
    self.path = path
    size = try RegularFile.size(path)
    handle = try RegularFile.open(path)
  }

  func read(_ count: Int, _ what: String) throws(WeightsError) -> Data {
    if count == 0 { return Data() }
    let bytes: Data?
    do {
      bytes = try handle.read(upToCount: count)
    } catch {
      throw WeightsError(.unreadable, FileError(path, wrapping: error))
    }
    guard let bytes, bytes.count == count else {
      throw WeightsError(
        .truncated, file: path,
        "\(what) takes \(count) bytes, but the file ends after \(bytes?.count ?? 0)")
    }
    return bytes
  }
}
