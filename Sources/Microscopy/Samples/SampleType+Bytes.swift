extension SampleType {
  /// The bytes of a value in this machine's byte order; of 0 where the type has no such value.
  func bytes(of value: Double) -> [UInt8] {
    func bytes(_ number: some BitwiseCopyable) -> [UInt8] {
      unsafe withUnsafeBytes(of: number) { unsafe [UInt8]($0) }
    }
    return switch self {
    case .uint16, .uint10, .uint12, .uint14: bytes(UInt16(exactly: value) ?? 0)
    case .int8: bytes(Int8(exactly: value) ?? 0)
    case .int16: bytes(Int16(exactly: value) ?? 0)
    case .uint32: bytes(UInt32(exactly: value) ?? 0)
    case .int32: bytes(Int32(exactly: value) ?? 0)
    case .uint64: bytes(UInt64(exactly: value) ?? 0)
    case .int64: bytes(Int64(exactly: value) ?? 0)
    case .float16: bytes(value == 0 ? 0 : UInt16(0x7E00))
    case .float32: bytes(Float(value))
    case .float64: bytes(value)
    case .bit, .uint2, .uint4, .uint8: bytes(UInt8(exactly: value) ?? 0)
    }
  }
}
