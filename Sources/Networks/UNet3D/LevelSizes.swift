import Tensors

/// The sizes of the activations of every level, in numbers.
struct LevelSizes {
  /// Voxels of one channel of all samples, in the encoder.
  let voxels: [Int]
  private let configuration: UNetConfiguration
  private let batch: Int
  private let regions: NetworkRegions

  init(
    _ configuration: UNetConfiguration, extents: SpatialAxes, core: SpatialRegion? = nil,
    batch: Int
  ) {
    self.configuration = configuration
    self.batch = batch
    regions = NetworkRegions(configuration, extents: extents, core: core)
    voxels = regions.encoder.map { batch * $0.product }
  }

  /// Either activation of a decoder level.
  func decoder(_ level: Int) -> Int {
    configuration.decoderBlock(level).second.outputs * batch
      * regions.decoder[level].extents.product
  }

  /// The output of the block below a decoder level.
  func below(_ level: Int) -> Int {
    configuration.upsampling(level).inputs * batch * regions.below(level).extents.product
  }

  /// What the decoder level needs of it.
  func entry(_ level: Int) -> Int {
    configuration.upsampling(level).inputs * batch * regions.entry(level).extents.product
  }

  /// Whether a decoder level computes less than the encoder.
  func isCropped(_ level: Int) -> Bool {
    regions.decoder[level].extents != regions.encoder[level]
  }

  /// The output of the head.
  var logits: Int { configuration.outputs * batch * regions.computed(0).extents.product }

  /// What a decoder level takes to upsample a slab of it.
  func slab(_ level: Int) -> Int {
    let extents = regions.decoder[level].extents
    let depth = extents.depth
    let plane =
      configuration.upsampling(level).outputs * batch * extents.height * extents.width
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
