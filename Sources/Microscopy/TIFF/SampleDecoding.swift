/// Samples as they come out of libtiff, in this machine's byte order, turned into voxels.
extension [UInt8] {
  /// Writes the samples of a page whose rows hold `width` samples as float32, from `place`.
  func decode(
    _ type: SampleType, width: Int, into output: inout MutableSpan<Float>, at place: Int
  ) {
    switch type {
    case .bit: forEachBit(width: width) { output[place + $0] = $1 ? 1 : 0 }
    case .uint8: forEach(UInt8.self) { output[place + $0] = Float($1) }
    case .int8: forEach(Int8.self) { output[place + $0] = Float($1) }
    case .uint16: forEach(UInt16.self) { output[place + $0] = Float($1) }
    case .int16: forEach(Int16.self) { output[place + $0] = Float($1) }
    case .uint32: forEach(UInt32.self) { output[place + $0] = Float($1) }
    case .int32: forEach(Int32.self) { output[place + $0] = Float($1) }
    case .float16: forEach(UInt16.self) { output[place + $0] = Float(binary16: $1) }
    case .float32: forEach(UInt32.self) { output[place + $0] = Float(bitPattern: $1) }
    case .float64: forEach(UInt64.self) { output[place + $0] = Float(Double(bitPattern: $1)) }
    }
  }

  /// Writes the samples as labels; returns the first value that is none, after which no more follow.
  func decodeLabels(
    _ type: SampleType, width: Int, into output: inout MutableSpan<UInt32>, at place: Int
  ) -> Double? {
    var odd: Double?
    func label(_ value: Double) -> UInt32 {
      if let label = UInt32(exactly: value) { return label }
      if odd == nil { odd = value }
      return 0
    }
    switch type {
    case .bit: forEachBit(width: width) { output[place + $0] = $1 ? 1 : 0 }
    case .uint8: forEach(UInt8.self) { output[place + $0] = UInt32($1) }
    case .int8: forEach(Int8.self) { output[place + $0] = label(Double($1)) }
    case .uint16: forEach(UInt16.self) { output[place + $0] = UInt32($1) }
    case .int16: forEach(Int16.self) { output[place + $0] = label(Double($1)) }
    case .uint32: forEach(UInt32.self) { output[place + $0] = $1 }
    case .int32: forEach(Int32.self) { output[place + $0] = label(Double($1)) }
    case .float16:
      forEach(UInt16.self) { output[place + $0] = label(Double(Float(binary16: $1))) }
    case .float32:
      forEach(UInt32.self) { output[place + $0] = label(Double(Float(bitPattern: $1))) }
    case .float64: forEach(UInt64.self) { output[place + $0] = label(Double(bitPattern: $1)) }
    }
    return odd
  }

  /// Turns numbers of `size` bytes into the other byte order.
  mutating func reverseBytes(ofEach size: Int) {
    guard size > 1 else { return }
    for start in stride(from: 0, to: count - size + 1, by: size) {
      for i in 0..<size / 2 { swapAt(start + i, start + size - 1 - i) }
    }
  }

  private func forEach<Sample: FixedWidthInteger & BitwiseCopyable>(
    _: Sample.Type, _ body: (Int, Sample) -> Void
  ) {
    withUnsafeBytes { bytes in
      for i in 0..<bytes.count / MemoryLayout<Sample>.size {
        body(i, bytes.loadUnaligned(fromByteOffset: i * MemoryLayout<Sample>.size, as: Sample.self))
      }
    }
  }

  /// Rows are padded to whole bytes, the first sample is the most significant bit.
  private func forEachBit(width: Int, _ body: (Int, Bool) -> Void) {
    let rowBytes = (width + 7) / 8
    for y in 0..<(rowBytes == 0 ? 0 : count / rowBytes) {
      for x in 0..<width {
        body(y * width + x, self[y * rowBytes + x / 8] & (0x80 >> UInt8(x % 8)) != 0)
      }
    }
  }
}

extension Float {
  /// The value of an IEEE 754 binary16 pattern; exact.
  fileprivate init(binary16 bits: UInt16) {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Float(bits & 0x3FF)
    switch exponent {
    case 0: self = sign * fraction * 0x1p-24
    case 31: self = fraction == 0 ? sign * .infinity : .nan
    default:
      self = sign * (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
    }
  }
}
