import Compute

/// How the levels of resolution of a volume follow from each other.
struct ZarrPyramid: Sendable {
  /// The extents of each level, the finest first.
  let extents: [Extent]
  /// By how much the distance of samples grows from the finest level to each, along z, y, x.
  let factors: [(z: Int, y: Int, x: Int)]

  /// Levels until a plane has no edge above 256.
  ///
  /// Each level halves y and x, and z once its step is not much coarser than theirs: voxels of
  /// 0.8 × 0.8 × 1.75 µm become 1.6 × 1.6 × 1.75, then 3.2 × 3.2 × 3.5. Where the scale is unknown
  /// z is left alone.
  init(_ extent: Extent, voxelSize: VoxelSize?) {
    var extents = [extent]
    var factors = [(z: 1, y: 1, x: 1)]
    while let last = extents.last, let factor = factors.last, max(last.height, last.width) > 256 {
      var next = factor
      next.y *= 2
      next.x *= 2
      if let size = voxelSize, last.depth > 1,
        size.z * Double(factor.z) < 1.5 * min(size.x, size.y) * Double(factor.x)
      {
        next.z *= 2
      }
      factors.append(next)
      extents.append(
        Extent(
          depth: (extent.depth - 1) / next.z + 1, height: (extent.height - 1) / next.y + 1,
          width: (extent.width - 1) / next.x + 1))
    }
    self.extents = extents
    self.factors = factors
  }
}

extension SampleVolume {
  /// The next level of resolution, whose samples stand for `steps` of these along z, y, x: the mean
  /// of intensities (rounded for whole numbers), the first of labels.
  func reduced(by steps: (z: Int, y: Int, x: Int), areLabels: Bool) -> SampleVolume {
    switch type {
    case .uint8: reduced(UInt8.self, steps, areLabels) { UInt8(clamped: $0.rounded()) }
    case .int8: reduced(Int8.self, steps, areLabels) { Int8(clamped: $0.rounded()) }
    case .uint16: reduced(UInt16.self, steps, areLabels) { UInt16(clamped: $0.rounded()) }
    case .int16: reduced(Int16.self, steps, areLabels) { Int16(clamped: $0.rounded()) }
    case .uint32: reduced(UInt32.self, steps, areLabels) { UInt32(clamped: $0.rounded()) }
    case .int32: reduced(Int32.self, steps, areLabels) { Int32(clamped: $0.rounded()) }
    case .float32: reduced(Float.self, steps, areLabels) { Float($0) }
    case .float64: reduced(Double.self, steps, areLabels) { $0 }
    default: preconditionFailure("levels of resolution are not made of \(type)")
    }
  }

  private func reduced<Value: BitwiseCopyable & Sendable>(
    _: Value.Type, _ steps: (z: Int, y: Int, x: Int), _ areLabels: Bool,
    _ convert: @Sendable (Double) -> Value
  ) -> SampleVolume {
    let size = MemoryLayout<Value>.size
    let target = Extent(
      depth: (extent.depth - 1) / steps.z + 1, height: (extent.height - 1) / steps.y + 1,
      width: (extent.width - 1) / steps.x + 1)
    let plane = target.height * target.width * size
    var values = [Double](repeating: 0, count: areLabels ? 0 : extent.count)
    if !areLabels { bytes.forEachValue(of: type) { values[$0] = $1 } }
    let source = values
    let result = [UInt8](count: target.depth * plane, pieces: plane) { range, piece in
      let z = range.lowerBound / plane * steps.z
      for y in 0..<target.height {
        for x in 0..<target.width {
          let offset = (y * target.width + x) * size
          if areLabels {
            let first = ((z * extent.height + y * steps.y) * extent.width + x * steps.x) * size
            for i in 0..<size { piece[offset + i] = bytes[first + i] }
          } else {
            let mean = mean(of: source, z: z, y: y * steps.y, x: x * steps.x, steps)
            unsafe withUnsafeBytes(of: convert(mean)) {
              for i in 0..<size { piece[offset + i] = unsafe $0[i] }
            }
          }
        }
      }
    }
    return SampleVolume(result, type: type, extent: target)
  }

  /// The mean of the values of a block, as far as it lies inside.
  private func mean(
    of values: [Double], z: Int, y: Int, x: Int, _ steps: (z: Int, y: Int, x: Int)
  ) -> Double {
    var sum = 0.0
    var count = 0.0
    for k in z..<min(z + steps.z, extent.depth) {
      for j in y..<min(y + steps.y, extent.height) {
        for i in x..<min(x + steps.x, extent.width) {
          sum += values[(k * extent.height + j) * extent.width + i]
          count += 1
        }
      }
    }
    return sum / count
  }
}
