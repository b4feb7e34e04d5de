/// Samples as files hold them, in this machine's byte order, turned into voxels.
extension [UInt8] {
  /// Writes the samples of a page as float32, from `offset`.
  func decode(_ layout: SampleLayout, into output: inout MutableSpan<Float>, at offset: Int) {
    switch layout.type {
    case .bit, .uint2, .uint4, .uint10, .uint12, .uint14:
      forEachPacked(layout) { output[offset + $0] = Float($1) }
    case .uint8: forEach(UInt8.self, layout) { output[offset + $0] = Float($1) }
    case .int8: forEach(Int8.self, layout) { output[offset + $0] = Float($1) }
    case .uint16: forEach(UInt16.self, layout) { output[offset + $0] = Float($1) }
    case .int16: forEach(Int16.self, layout) { output[offset + $0] = Float($1) }
    case .uint32: forEach(UInt32.self, layout) { output[offset + $0] = Float($1) }
    case .int32: forEach(Int32.self, layout) { output[offset + $0] = Float($1) }
    case .uint64: forEach(UInt64.self, layout) { output[offset + $0] = Float($1) }
    case .int64: forEach(Int64.self, layout) { output[offset + $0] = Float($1) }
    case .float16: forEach(UInt16.self, layout) { output[offset + $0] = Float(binary16: $1) }
    case .float32: forEach(UInt32.self, layout) { output[offset + $0] = Float(bitPattern: $1) }
    case .float64:
      forEach(UInt64.self, layout) { output[offset + $0] = Float(Double(bitPattern: $1)) }
    }
  }

  /// Writes the samples as labels; returns the first value that is not a label, nil if all are.
  func decodeLabels(
    _ layout: SampleLayout, into output: inout MutableSpan<UInt32>, at offset: Int
  ) -> Double? {
    var odd: Double?
    func label(_ value: Double) -> UInt32 {
      if let label = UInt32(exactly: value) { return label }
      if odd == nil { odd = value }
      return 0
    }
    func label(_ value: some FixedWidthInteger) -> UInt32 {
      if let label = UInt32(exactly: value) { return label }
      if odd == nil { odd = Double(value) }
      return 0
    }
    switch layout.type {
    case .bit, .uint2, .uint4, .uint10, .uint12, .uint14:
      forEachPacked(layout) { output[offset + $0] = UInt32($1) }
    case .uint8: forEach(UInt8.self, layout) { output[offset + $0] = UInt32($1) }
    case .int8: forEach(Int8.self, layout) { output[offset + $0] = label($1) }
    case .uint16: forEach(UInt16.self, layout) { output[offset + $0] = UInt32($1) }
    case .int16: forEach(Int16.self, layout) { output[offset + $0] = label($1) }
    case .uint32: forEach(UInt32.self, layout) { output[offset + $0] = $1 }
    case .int32: forEach(Int32.self, layout) { output[offset + $0] = label($1) }
    case .uint64: forEach(UInt64.self, layout) { output[offset + $0] = label($1) }
    case .int64: forEach(Int64.self, layout) { output[offset + $0] = label($1) }
    case .float16:
      forEach(UInt16.self, layout) { output[offset + $0] = label(Double(Float(binary16: $1))) }
    case .float32:
      forEach(UInt32.self, layout) { output[offset + $0] = label(Double(Float(bitPattern: $1))) }
    case .float64:
      forEach(UInt64.self, layout) { output[offset + $0] = label(Double(bitPattern: $1)) }
    }
    return odd
  }

  /// Writes the bytes of the samples as they are, packed ones as ``SampleType/unpacked``.
  func decodeBytes(_ layout: SampleLayout, into output: inout MutableSpan<UInt8>, at offset: Int) {
    let size = layout.type.unpacked.bits / 8
    if layout.type.bits < 8 {
      forEachPacked(layout) { output[offset + $0] = UInt8(truncatingIfNeeded: $1) }
    } else if layout.type != layout.type.unpacked {
      forEachPacked(layout) { index, value in
        unsafe Swift.withUnsafeBytes(of: value) {
          output[offset + 2 * index] = unsafe $0[0]
          output[offset + 2 * index + 1] = unsafe $0[1]
        }
      }
    } else if layout.interleaved == 1 {
      for i in 0..<Swift.min(count, output.count - offset) { output[offset + i] = self[i] }
    } else {
      let step = size * layout.interleaved
      var target = offset
      for start in stride(from: size * layout.sample, to: count - size + 1, by: step) {
        for i in start..<start + size {
          output[target] = self[i]
          target += 1
        }
      }
    }
  }

  /// Calls `body` with the index and the value of every sample of an unpacked type; whole numbers
  /// beyond 2⁵³ are rounded.
  func forEachValue(of type: SampleType, _ body: (Int, Double) -> Void) {
    let layout = SampleLayout(type: type, width: 0)
    switch type {
    case .int8: forEach(Int8.self, layout) { body($0, Double($1)) }
    case .uint16: forEach(UInt16.self, layout) { body($0, Double($1)) }
    case .int16: forEach(Int16.self, layout) { body($0, Double($1)) }
    case .uint32: forEach(UInt32.self, layout) { body($0, Double($1)) }
    case .int32: forEach(Int32.self, layout) { body($0, Double($1)) }
    case .uint64: forEach(UInt64.self, layout) { body($0, Double($1)) }
    case .int64: forEach(Int64.self, layout) { body($0, Double($1)) }
    case .float16: forEach(UInt16.self, layout) { body($0, Double(Float(binary16: $1))) }
    case .float32: forEach(UInt32.self, layout) { body($0, Double(Float(bitPattern: $1))) }
    case .float64: forEach(UInt64.self, layout) { body($0, Double(bitPattern: $1)) }
    case .uint8, .bit, .uint2, .uint4, .uint10, .uint12, .uint14:
      precondition(type == .uint8, "samples of \(type) are unpacked first")
      forEach(UInt8.self, layout) { body($0, Double($1)) }
    }
  }

  /// The first whole number of an unpacked type that no Double is equal to, rounded; nil if there is
  /// none.
  func firstInexactInteger(of type: SampleType) -> Double? {
    var odd: Double?
    func check<Number: FixedWidthInteger & BitwiseCopyable>(_ type: SampleType, _: Number.Type) {
      forEach(Number.self, SampleLayout(type: type, width: 0)) { _, number in
        if odd == nil, Number(exactly: Double(number)) != number { odd = Double(number) }
      }
    }
    switch type {
    case .uint64: check(type, UInt64.self)
    case .int64: check(type, Int64.self)
    default: break
    }
    return odd
  }

  /// Calls `body` with every 64-bit integer of these bytes, which are in this machine's order.
  func forEachBits(_ body: (UInt64) -> Void) {
    forEach(UInt64.self, SampleLayout(type: .uint64, width: 0)) { body($1) }
  }

  /// Turns numbers of `size` bytes into the other byte order.
  mutating func reverseBytes(ofEach size: Int) {
    guard size > 1 else { return }
    for start in stride(from: 0, to: count - size + 1, by: size) {
      for i in 0..<size / 2 { swapAt(start + i, start + size - 1 - i) }
    }
  }

  private func forEach<Sample: FixedWidthInteger & BitwiseCopyable>(
    _: Sample.Type, _ layout: SampleLayout, _ body: (Int, Sample) -> Void
  ) {
    let size = MemoryLayout<Sample>.size
    let step = size * layout.interleaved
    unsafe withUnsafeBytes { bytes in
      for i in 0..<bytes.count / step {
        unsafe body(
          i, bytes.loadUnaligned(fromByteOffset: i * step + layout.sample * size, as: Sample.self))
      }
    }
  }

  /// Rows are padded to whole bytes, the first sample lies in the most significant bits.
  private func forEachPacked(_ layout: SampleLayout, _ body: (Int, UInt16) -> Void) {
    let bits = layout.type.bits
    let mask = UInt32(1) << UInt32(bits) - 1
    let rowBytes = layout.type.rowBytes(width: layout.width * layout.interleaved)
    for y in 0..<(rowBytes == 0 ? 0 : count / rowBytes) {
      let row = y * rowBytes
      for x in 0..<layout.width {
        let start = (x * layout.interleaved + layout.sample) * bits
        let first = start / 8
        let last = (start + bits - 1) / 8
        var value: UInt32 = 0
        for byte in first...last { value = value << 8 | UInt32(self[row + byte]) }
        value >>= UInt32(8 * (last + 1) - start - bits)
        body(y * layout.width + x, UInt16(truncatingIfNeeded: value & mask))
      }
    }
  }
}

extension Float {
  /// The value of an IEEE 754 binary16 pattern; exact.
  init(binary16 bits: UInt16) {
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
