/// What one sample of a TIFF is.
public enum SampleType: String, Hashable, Sendable, Codable, CaseIterable {
  /// One bit: 0 or 1.
  case bit
  /// Unsigned 8-bit integer.
  case uint8
  /// Signed 8-bit integer.
  case int8
  /// Unsigned 16-bit integer.
  case uint16
  /// Signed 16-bit integer.
  case int16
  /// Unsigned 32-bit integer.
  case uint32
  /// Signed 32-bit integer.
  case int32
  /// IEEE 754 binary16.
  case float16
  /// IEEE 754 binary32.
  case float32
  /// IEEE 754 binary64.
  case float64

  /// The size of a sample in bits.
  public var bits: Int {
    switch self {
    case .bit: 1
    case .uint8, .int8: 8
    case .uint16, .int16, .float16: 16
    case .uint32, .int32, .float32: 32
    case .float64: 64
    }
  }

  /// The type of TIFF's BitsPerSample and SampleFormat (1 unsigned, 2 signed, 3 IEEE, 4 undefined).
  init?(bits: Int, format: Int) {
    switch (bits, format) {
    case (1, 1), (1, 4): self = .bit
    case (8, 1), (8, 4): self = .uint8
    case (8, 2): self = .int8
    case (16, 1), (16, 4): self = .uint16
    case (16, 2): self = .int16
    case (32, 1), (32, 4): self = .uint32
    case (32, 2): self = .int32
    case (16, 3): self = .float16
    case (32, 3): self = .float32
    case (64, 3): self = .float64
    default: return nil
    }
  }

  /// The bytes that a row of `width` samples takes.
  func rowBytes(width: Int) -> Int { (width * bits + 7) / 8 }
}
