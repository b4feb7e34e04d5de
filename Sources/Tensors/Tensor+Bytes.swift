import Foundation

/// Elements as little-endian bytes, the order in memory of every machine that Morula supports.
extension Tensor {
  /// The float32 values in `bytes`, which fill `shape` exactly.
  package init(bytes: Data, shape: Shape) {
    let size = MemoryLayout<Float>.size
    precondition(bytes.count == shape.count * size, "\(bytes.count) bytes do not fill \(shape)")
    self.init(uninitialized: shape)
    withMutablePointer { pointer in
      let target = UnsafeMutableRawBufferPointer(start: pointer, count: bytes.count)
      _ = bytes.copyBytes(to: target)
    }
  }

  /// Calls `body` with the elements as bytes, block by block in row-major order.
  ///
  /// The blocks share the tensor's memory: `body` must not keep them.
  package func forEachBlockOfBytes(_ body: (Data) throws -> Void) rethrows {
    try withPointer { pointer in
      let block = 1 << 22  // elements; 16 MiB a block
      for start in stride(from: 0, to: count, by: block) {
        let bytes = min(block, count - start) * MemoryLayout<Float>.size
        let address = UnsafeMutableRawPointer(mutating: pointer + start)
        try body(Data(bytesNoCopy: address, count: bytes, deallocator: .none))
      }
    }
  }
}

/// Arrays of numbers as little-endian bytes.
package enum LittleEndian {
  /// The numbers in `bytes`, which hold a whole number of them at any alignment.
  package static func array<Number: BitwiseCopyable>(_ bytes: Data, of type: Number.Type)
    -> [Number]
  {
    let size = MemoryLayout<Number>.size
    precondition(bytes.count % size == 0, "\(bytes.count) bytes are not a whole number of \(type)")
    let count = bytes.count / size
    return [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
      _ = bytes.copyBytes(to: UnsafeMutableRawBufferPointer(buffer))
      initialized = count
    }
  }

  /// The bytes of `numbers`.
  package static func bytes<Number: BitwiseCopyable>(_ numbers: [Number]) -> Data {
    numbers.withUnsafeBytes { Data($0) }
  }
}
