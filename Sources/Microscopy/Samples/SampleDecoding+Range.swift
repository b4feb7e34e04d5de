extension [UInt8] {
  /// The first finite sample that would become infinite as float32; nil if there is none.
  func valueBeyondFloat(_ layout: SampleLayout) -> Double? {
    guard layout.type == .float64 else { return nil }
    var found: Double?
    let count = count / (8 * layout.interleaved)
    unsafe withUnsafeBytes { bytes in
      for i in 0..<count where found == nil {
        let value = unsafe Double(
          bitPattern: bytes.loadUnaligned(
            fromByteOffset: 8 * (i * layout.interleaved + layout.sample), as: UInt64.self))
        if value.isFinite, Float(value).isInfinite { found = value }
      }
    }
    return found
  }
}
