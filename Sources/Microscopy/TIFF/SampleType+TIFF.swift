extension SampleType {
  /// The type of TIFF's BitsPerSample and SampleFormat (1 unsigned, 2 signed, 3 IEEE, 4 undefined).
  init?(bits: Int, format: Int) {
    switch (bits, format) {
    case (1, 1), (1, 4): self = .bit
    case (2, 1), (2, 4): self = .uint2
    case (4, 1), (4, 4): self = .uint4
    case (8, 1), (8, 4): self = .uint8
    case (8, 2): self = .int8
    case (10, 1), (10, 4): self = .uint10
    case (12, 1), (12, 4): self = .uint12
    case (14, 1), (14, 4): self = .uint14
    case (16, 1), (16, 4): self = .uint16
    case (16, 2): self = .int16
    case (32, 1), (32, 4): self = .uint32
    case (32, 2): self = .int32
    case (64, 1), (64, 4): self = .uint64
    case (64, 2): self = .int64
    case (16, 3): self = .float16
    case (32, 3): self = .float32
    case (64, 3): self = .float64
    default: return nil
    }
  }

  /// TIFF's SampleFormat.
  var format: Int {
    switch self {
    case .int8, .int16, .int32, .int64: 2
    case .float16, .float32, .float64: 3
    default: 1
    }
  }
}
