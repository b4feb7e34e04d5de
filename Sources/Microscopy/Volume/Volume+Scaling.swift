import Compute

extension Volume<Float> {
  /// The volume with scaled intensities, in float32.
  ///
  /// A volume whose range is empty (all voxels equal, or equal percentiles) becomes zeros. Throws
  /// ``VolumeError/notFinite(count:first:)`` where a voxel is NaN or infinite, for every method:
  /// one such voxel would spread over the whole prediction. ``IntensityScaling/robust(_:)`` needs
  /// the voxel size.
  public func scaled(by scaling: IntensityScaling) throws(VolumeError) -> Volume<Float> {
    let range = try finiteRange()
    switch scaling {
    case .none: return self
    case .minMax: return mapped(from: range.min, range.max, limits: nil)
    case .percentile(let low, let high, let isClamped):
      guard low >= 0, low < high, high <= 100 else {
        throw .invalidPercentiles(low: low, high: high)
      }
      let values = percentiles([low, high])
      return mapped(from: Float(values[0]), Float(values[1]), limits: isClamped ? 0...1 : nil)
    case .robust(let robust): return try scaled(by: robust)
    }
  }

  private func scaled(by robust: RobustScaling) throws(VolumeError) -> Volume<Float> {
    guard let voxelSize else { throw .unknownVoxelSize }
    guard voxelSize.isValid else { throw .invalidVoxelSize(voxelSize) }
    guard !voxels.isEmpty else { return self }
    let clean = conservativelySmoothed()
    let smooth = clean.gaussianFiltered(
      sigma: .micrometers(robust.smoothing, voxelSize: voxelSize), border: .nearest)
    let levels = smooth.percentiles(robust.percentiles(of: extent, voxelSize: voxelSize))
    return clean.mapped(from: Float(levels[0]), Float(levels[1]), limits: robust.limits)
  }

  /// (I − low)/(high − low), within limits; zeros where that range is empty.
  fileprivate func mapped(
    from low: Float, _ high: Float, limits: ClosedRange<Float>?
  ) -> Volume<Float> {
    let span = high - low
    // A range beyond float32 (±3e38) counts as empty as well.
    guard span > 0, span.isFinite else {
      return Volume(repeating: 0, extent: extent, voxelSize: voxelSize)
    }
    let scaled = [Float](count: voxels.count, pieces: 1 << 16) { range, piece in
      let source = voxels.span.extracting(range)
      if let limits {
        let (lowest, highest) = (limits.lowerBound, limits.upperBound)
        for i in piece.indices { piece[i] = max(lowest, min(highest, (source[i] - low) / span)) }
      } else {
        for i in piece.indices { piece[i] = (source[i] - low) / span }
      }
    }
    return Volume(scaled, extent: extent, voxelSize: voxelSize)
  }

  /// The smallest and the largest intensity; (0, 0) for a volume without voxels.
  ///
  /// Throws ``VolumeError/notFinite(count:first:)`` where a voxel is NaN or infinite.
  public func finiteRange() throws(VolumeError) -> (min: Float, max: Float) {
    guard !voxels.isEmpty else { return (0, 0) }
    let size = 1 << 16
    let parts = Parallel.map(voxels.count.parts(of: size)) { job in
      let range = job * size..<Swift.min(voxels.count, (job + 1) * size)
      return Self.range(of: voxels.span.extracting(range))
    }
    var (low, high) = (Float.infinity, -Float.infinity)
    for part in parts {
      guard let part else {
        let first = voxels.firstIndex { !$0.isFinite } ?? 0
        let count = voxels.count { !$0.isFinite }
        throw .notFinite(count: count, first: index(ofVoxel: first))
      }
      low = Swift.min(low, part.low)
      high = Swift.max(high, part.high)
    }
    return (low, high)
  }

  /// The range of these intensities, nil where one is not finite.
  private static func range(of span: Span<Float>) -> (low: Float, high: Float)? {
    // Eight lanes side by side; I · 0 is 0 for a finite intensity and NaN otherwise.
    var lows = SIMD8<Float>(repeating: .infinity)
    var highs = -lows
    var odd = SIMD8<Float>.zero
    var start = 0
    while start + 8 <= span.count {
      var lanes = SIMD8<Float>.zero
      for lane in 0..<8 { lanes[lane] = span[start + lane] }
      lows.replace(with: lanes, where: lanes .< lows)
      highs.replace(with: lanes, where: lanes .> highs)
      odd += lanes * 0
      start += 8
    }
    var (low, high, check) = (lows.min(), highs.max(), odd.sum())
    for i in start..<span.count {
      low = Swift.min(low, span[i])
      high = Swift.max(high, span[i])
      check += span[i] * 0
    }
    return check == 0 ? (low, high) : nil
  }
}

extension RobustScaling {
  /// The percentiles of the background and of the brightest volume.
  fileprivate func percentiles(of extent: Extent, voxelSize: VoxelSize) -> [Double] {
    let share = brightVolume / (voxelSize.x * voxelSize.y * voxelSize.z * Double(extent.count))
    // A field smaller than a few nuclei: its brightest quarter.
    return [background, 100 * max(0.75, 1 - share)]
  }
}

extension PlaneSource<Float> {
  /// The planes with scaled intensities, as ``Volume/scaled(by:)``; what the scaling depends on is
  /// found first, slabs of `slab` planes at a time. All voxels are finite.
  package func scaled(
    by scaling: IntensityScaling, slab: Int
  ) throws -> any PlaneSource<Float> {
    switch scaling {
    case .none: return self
    case .minMax:
      var (low, high) = (Float.infinity, -Float.infinity)
      try forEachSlab(of: slab) { _, planes in
        let range = try planes.finiteRange()
        (low, high) = (min(low, range.min), max(high, range.max))
      }
      return mapped(from: low, high, limits: nil)
    case .percentile(let low, let high, let isClamped):
      guard low >= 0, low < high, high <= 100 else {
        throw VolumeError.invalidPercentiles(low: low, high: high)
      }
      let values = try percentiles([low, high], slab: slab)
      return mapped(from: Float(values[0]), Float(values[1]), limits: isClamped ? 0...1 : nil)
    case .robust(let robust):
      guard let voxelSize else { throw VolumeError.unknownVoxelSize }
      guard voxelSize.isValid else { throw VolumeError.invalidVoxelSize(voxelSize) }
      let clean = MappedPlanes(self) { $0.conservativelySmoothed() }
      let smooth = GaussianPlanes(
        clean, sigma: .micrometers(robust.smoothing, voxelSize: voxelSize), border: .nearest)
      let levels = try smooth.percentiles(
        robust.percentiles(of: extent, voxelSize: voxelSize), slab: slab)
      return clean.mapped(from: Float(levels[0]), Float(levels[1]), limits: robust.limits)
    }
  }

  private func mapped(
    from low: Float, _ high: Float, limits: ClosedRange<Float>?
  ) -> any PlaneSource<Float> {
    MappedPlanes(self) { $0.mapped(from: low, high, limits: limits) }
  }
}
