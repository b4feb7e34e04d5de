import Tensors

/// The sizes of the activations of every level, in numbers.
struct LevelSizes {
  /// Voxels of one channel of all samples.
  let voxels: [Int]
  private let configuration: UNetConfiguration
  private let depth: Int

  init(_ configuration: UNetConfiguration, extents: SpatialAxes, batch: Int) {
    self.configuration = configuration
    depth = configuration.paddedExtents(extents).depth
    voxels = (0..<configuration.levels).map { batch * configuration.voxels(extents, at: $0) }
  }

  /// The output of the block below a decoder level.
  func below(_ level: Int) -> Int { configuration.upsampling(level).inputs * voxels[level + 1] }

  /// What a decoder level takes to upsample a slab of it.
  func slab(_ level: Int) -> Int {
    let depth = depth >> level
    let plane = configuration.upsampling(level).outputs * voxels[level] / depth
    let size = UpsampledConvolution.slabDepth(
      depth, planeBytes: plane * MemoryLayout<Float>.stride,
      slabBytes: UpsampledConvolution.slabBytes)
    if size == depth { return depth * plane }
    let sources = stride(from: 0, to: depth, by: size).map { start in
      UpsampledConvolution.sources(
        of: start..<min(depth, start + size), reach: configuration.kernel / 2, depth: depth / 2
      ).count
    }
    // The planes below, copied, and what is made of them.
    return (sources.max() ?? 0) * (plane / 4 + 2 * plane)
  }
}
