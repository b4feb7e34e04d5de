extension SampleVolume {
  /// The same values as another type.
  ///
  /// - Parameters:
  ///   - target: uint8, uint16, uint32, int8, int16, int32, float32 or float64.
  ///   - isRounded: Whether values may become the nearest float32.
  /// - Throws: `SampleRangeError` where a value has no exact counterpart.
  package func converted(
    to target: SampleType, isRounded: Bool = false
  ) throws(SampleRangeError) -> SampleVolume {
    if target == type { return self }
    // Beyond 2⁵³ a Double is not always the number that is stored.
    var odd = target.isInteger ? nil : bytes.firstInexactInteger(of: type)
    func integers<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type) -> [UInt8] {
      packed { number in
        if let value = Value(exactly: number) { return value }
        if odd == nil { odd = number }
        return 0
      }
    }
    let bytes: [UInt8]
    switch target {
    case .uint8: bytes = integers(UInt8.self)
    case .uint16: bytes = integers(UInt16.self)
    case .uint32: bytes = integers(UInt32.self)
    case .int8: bytes = integers(Int8.self)
    case .int16: bytes = integers(Int16.self)
    case .int32: bytes = integers(Int32.self)
    case .float32:
      bytes = packed { number -> Float in
        let value = Float(number)
        let isBeyond = value.isInfinite && number.isFinite
        if isBeyond || !isRounded && Double(value) != number, !number.isNaN, odd == nil {
          odd = number
        }
        return value
      }
    case .float64: bytes = packed { $0 }
    default: preconditionFailure("samples are converted to types that files hold, not to \(target)")
    }
    if let odd { throw SampleRangeError(value: odd, type: target) }
    return SampleVolume(bytes, type: target, extent: extent, voxelSize: voxelSize)
  }

  /// The values as the nearest float32.
  package var floats: Volume<Float> {
    var voxels = [Float](repeating: 0, count: extent.count)
    var span = voxels.mutableSpan
    bytes.decode(SampleLayout(type: type, width: extent.count), into: &span, at: 0)
    return Volume(voxels, extent: extent, voxelSize: voxelSize)
  }

  /// The values as the nearest float32.
  ///
  /// - Throws: `SampleRangeError` where a finite value would become infinite.
  package func finiteFloats() throws(SampleRangeError) -> Volume<Float> {
    if let value = bytes.valueBeyondFloat(SampleLayout(type: type, width: extent.count)) {
      throw SampleRangeError(value: value, type: .float32)
    }
    return floats
  }

  /// The values as labels.
  ///
  /// - Throws: `SampleRangeError` where a value is negative, fractional or beyond 2³² − 1.
  package func labels() throws(SampleRangeError) -> LabelVolume {
    var voxels = [UInt32](repeating: 0, count: extent.count)
    var span = voxels.mutableSpan
    let layout = SampleLayout(type: type, width: extent.count)
    if let odd = bytes.decodeLabels(layout, into: &span, at: 0) {
      throw SampleRangeError(value: odd, type: .uint32)
    }
    return LabelVolume(voxels, extent: extent, voxelSize: voxelSize)
  }

  /// The bytes of every value after `convert`.
  private func packed<Value: BitwiseCopyable>(_ convert: (Double) -> Value) -> [UInt8] {
    let size = MemoryLayout<Value>.size
    return unsafe [UInt8](unsafeUninitializedCapacity: extent.count * size) { buffer, initialized in
      let output = UnsafeMutableRawBufferPointer(buffer)
      bytes.forEachValue(of: type) { index, value in
        unsafe output.storeBytes(of: convert(value), toByteOffset: index * size, as: Value.self)
      }
      initialized = extent.count * size
    }
  }
}
