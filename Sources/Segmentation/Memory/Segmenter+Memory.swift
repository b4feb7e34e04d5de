import Compute
import Microscopy

extension Segmenter {
  /// How a frame is segmented within ``memoryLimit``; nil if there is no limit, or the frame could
  /// not be opened.
  ///
  /// - Throws: `InputError` with the memory that it takes at least, and the extents that would fit.
  package func memoryPlan(of frame: SeriesFrame) throws(InputError) -> MemoryPlan? {
    guard let memoryLimit, let extent = frame.extent else { return nil }
    return try memoryPlan(
      of: extent, voxelSize: frame.voxelSize, name: frame.path, limit: memoryLimit)
  }

  /// Checks that every frame fits in ``memoryLimit`` in some way, before the first one is read.
  ///
  /// - Throws: As ``memoryPlan(of:)``, for the first frame that does not.
  package func checkMemory(of series: [ImageSeries]) throws(InputError) {
    var known: Set<FrameKind> = []
    for frame in series.flatMap(\.frames) {
      if known.insert(FrameKind(frame)).inserted { _ = try memoryPlan(of: frame) }
    }
  }

  /// As ``memoryPlan(of:)``, for a volume of these extents.
  package func memoryPlan(
    of extent: Extent, voxelSize: VoxelSize?, name: String, limit: MemoryLimit
  ) throws(InputError) -> MemoryPlan {
    func needs(_ extent: Extent) throws(InputError) -> MemoryNeeds {
      try MemoryNeeds(
        of: extent, voxelSize: voxelSize, name: name, predictors: predictors,
        parameters: parameters)
    }
    let own = try needs(extent)
    if let plan = own.plan(within: limit.bytes) {
      try checkScratch(plan, own, name: name)
      return plan
    }
    let bytes = MemoryLimit.least { own.plan(within: $0) != nil }
    // Halves of what is known to fit and what is not, of the edges of all axes at once.
    var (low, high) = (0.0, 1.0)
    for _ in 0..<12 {
      let middle = (low + high) / 2
      if try needs(extent.scaled(by: middle)).plan(within: limit.bytes) != nil {
        low = middle
      } else {
        high = middle
      }
    }
    throw InputError(
      name,
      "needs at least \(ByteCount.rounded(bytes)) of memory for \(extent) voxels (z, y, x), but "
        + "\(ByteCount.rounded(limit.bytes)) may be taken (\(limit.reason))"
        + (low > 0 ? "; a volume of \(extent.scaled(by: low)) would fit" : ""),
      advice: .allowMemory)
  }

  /// The networks.
  var predictors: [Predictor] {
    if case .network(let predictor) = foreground {
      return [predictor] + (detector.map { [$0] } ?? [])
    }
    return detector.map { [$0] } ?? []
  }

  /// The same segmenter, whose networks take at most so many bytes for activations.
  func limitingActivations(to bytes: Int) -> Segmenter {
    func limited(_ predictor: Predictor) -> Predictor {
      var predictor = predictor
      predictor.memoryLimit = min(bytes, predictor.memoryLimit ?? .max)
      return predictor
    }
    var foreground = foreground
    if case .network(let predictor) = foreground { foreground = .network(limited(predictor)) }
    return Segmenter(
      foreground: foreground, detector: detector.map(limited), parameters: parameters)
  }

  /// Throws if the disk has too little room for what does not fit in memory.
  private func checkScratch(
    _ plan: MemoryPlan, _ needs: MemoryNeeds, name: String
  ) throws(InputError) {
    guard case .streamed = plan.way, let available = ScratchFile.available else { return }
    let grid = needs.networks.map(\.grid.count).max() ?? 0
    // A network's input and the sum of blended tiles beside two probabilities; then distances.
    let needed = max(16 * grid, 8 * grid + 12 * needs.extent.count + needs.extent.count / 4)
    guard needed > available else { return }
    throw InputError(
      name,
      "needs \(ByteCount.rounded(needed)) of scratch space, but \(ScratchFile.folder) has "
        + "\(ByteCount.rounded(available)); set TMPDIR to a folder with more room",
      advice: .allowMemory)
  }
}

/// What the memory of a frame depends on.
struct FrameKind: Hashable {
  private let extent: Extent?
  private let voxelSize: VoxelSize?

  /// The kind of a frame.
  init(_ frame: SeriesFrame) {
    extent = frame.extent
    voxelSize = frame.voxelSize
  }
}

extension Extent {
  /// The extents times a factor, at least 1.
  fileprivate func scaled(by factor: Double) -> Extent {
    func edge(_ count: Int) -> Int { max(1, Int(clamped: Double(count) * factor)) }
    return Extent(depth: edge(depth), height: edge(height), width: edge(width))
  }
}
