/// What one sample of an image is.
public enum SampleType: String, Hashable, Sendable, Codable, CaseIterable {
  /// One bit: 0 or 1.
  case bit
  /// Unsigned integer of 2 bits, packed.
  case uint2
  /// Unsigned integer of 4 bits, packed.
  case uint4
  /// Unsigned 8-bit integer.
  case uint8
  /// Signed 8-bit integer.
  case int8
  /// Unsigned integer of 10 bits, packed.
  case uint10
  /// Unsigned integer of 12 bits, packed.
  case uint12
  /// Unsigned integer of 14 bits, packed.
  case uint14
  /// Unsigned 16-bit integer.
  case uint16
  /// Signed 16-bit integer.
  case int16
  /// Unsigned 32-bit integer.
  case uint32
  /// Signed 32-bit integer.
  case int32
  /// Unsigned 64-bit integer.
  case uint64
  /// Signed 64-bit integer.
  case int64
  /// IEEE 754 binary16.
  case float16
  /// IEEE 754 binary32.
  case float32
  /// IEEE 754 binary64.
  case float64

  /// The size of a sample in the file, in bits.
  public var bits: Int {
    switch self {
    case .bit: 1
    case .uint2: 2
    case .uint4: 4
    case .uint8, .int8: 8
    case .uint10: 10
    case .uint12: 12
    case .uint14: 14
    case .uint16, .int16, .float16: 16
    case .uint32, .int32, .float32: 32
    case .uint64, .int64, .float64: 64
    }
  }

  /// The smallest type of whole bytes that holds every value: `uint16` for `uint12`.
  public var unpacked: SampleType {
    switch self {
    case .bit, .uint2, .uint4: .uint8
    case .uint10, .uint12, .uint14: .uint16
    default: self
    }
  }

  /// Whether values are whole numbers.
  public var isInteger: Bool {
    switch self {
    case .float16, .float32, .float64: false
    default: true
    }
  }

  /// Whether values are never negative whole numbers.
  public var isUnsigned: Bool {
    switch self {
    case .int8, .int16, .int32, .int64, .float16, .float32, .float64: false
    default: true
    }
  }

  /// NumPy's name of the type that holds the values: `uint16` for `uint12`, `bool` for bits.
  public var numpyName: String { self == .bit ? "bool" : unpacked.rawValue }

  /// The bytes that a row of `width` samples takes.
  func rowBytes(width: Int) -> Int { (width * bits + 7) / 8 }
}
