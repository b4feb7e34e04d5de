import Microscopy
import Networks
import Tensors

/// The ways to cut a volume into exact tiles, axis by axis.
struct TileCuts {
  /// A way to cut an axis.
  private struct Cut {
    /// The edge of a core.
    let core: Int
    /// The largest input of a tile, and its core within it.
    let input: Int
    let coreInInput: Range<Int>
    /// What all tiles compute at each level of the encoder, and of the decoder.
    private(set) var encoder: [Int]
    private(set) var decoder: [Int]

    /// An axis cut into cores of this edge.
    init(_ length: Int, core: Int, _ architecture: UNetConfiguration) {
      let multiple = architecture.multiple
      let tiles = TilePlan(
        volume: Extent(depth: 1, height: 1, width: length),
        core: Extent(depth: 1, height: 1, width: core), architecture: architecture
      ).tiles.map { (input: $0.input.extent.width, core: $0.region) }
      let largest =
        tiles.max { ($0.input, $0.core.extents.width) < ($1.input, $1.core.extents.width) }
        ?? (multiple, SpatialRegion(SpatialAxes(multiple)))
      let first = largest.core.origin.width
      self.core = core
      input = largest.input
      coreInInput = first..<first + largest.core.extents.width
      encoder = [Int](repeating: 0, count: architecture.levels)
      decoder = [Int](repeating: 0, count: max(1, architecture.levels - 1))
      for tile in tiles {
        let regions = NetworkRegions(
          architecture, extents: SpatialAxes(multiple, multiple, tile.input), core: tile.core)
        for level in encoder.indices { encoder[level] += regions.encoder[level].width }
        for level in decoder.indices { decoder[level] += regions.computed(level).extents.width }
      }
    }
  }

  private let architecture: UNetConfiguration
  private let cuts: [Axis: [Cut]]

  /// The ways to cut a volume.
  init(_ volume: Extent, _ architecture: UNetConfiguration) {
    self.architecture = architecture
    cuts = Dictionary(
      uniqueKeysWithValues: Axis.allCases.map { ($0, Self.cuts(volume[$0], architecture)) })
  }

  /// For every number of tiles along an axis the smallest core.
  private static func cuts(_ length: Int, _ architecture: UNetConfiguration) -> [Cut] {
    var seen: Set<Int> = []
    return stride(
      from: architecture.multiple, to: length + architecture.multiple, by: architecture.multiple
    )
    .filter { seen.insert(length.parts(of: $0)).inserted }
    .map { Cut(length, core: $0, architecture) }
  }

  /// The activations of the smallest exact tiles of a volume.
  static func smallestActivationBytes(
    of volume: Extent, _ architecture: UNetConfiguration
  ) -> Int {
    func smallest(_ length: Int) -> Cut { Cut(length, core: architecture.multiple, architecture) }
    return activationBytes(
      smallest(volume.depth), smallest(volume.height), smallest(volume.width), architecture)
  }

  /// The edges of the cores that take the least arithmetic within `bytes` of activations; they differ
  /// from axis to axis. Nil if none fit.
  func cheapestCore(bytes: Int) -> Extent? {
    let perVoxel = architecture.multiplyAddsPerVoxel
    var best: (cost: Double, core: Extent)?
    for z in cuts[.z] ?? [] {
      for y in cuts[.y] ?? [] {
        for x in cuts[.x] ?? [] {
          var cost = 0.0
          for (level, weight) in perVoxel.encoder.enumerated() {
            cost += weight * Double(z.encoder[level] * y.encoder[level] * x.encoder[level])
          }
          for (level, weight) in perVoxel.decoder.enumerated() {
            cost += weight * Double(z.decoder[level] * y.decoder[level] * x.decoder[level])
          }
          if let best, best.cost <= cost { continue }
          if Self.activationBytes(z, y, x, architecture) <= bytes {
            best = (cost, Extent(depth: z.core, height: y.core, width: x.core))
          }
        }
      }
    }
    return best?.core
  }

  /// The activations of the largest tile.
  private static func activationBytes(
    _ z: Cut, _ y: Cut, _ x: Cut, _ architecture: UNetConfiguration
  ) -> Int {
    architecture.activationBytes(
      for: SpatialAxes(z.input, y.input, x.input),
      core: SpatialRegion(
        origin: SpatialAxes(
          z.coreInInput.lowerBound, y.coreInInput.lowerBound, x.coreInInput.lowerBound),
        extents: SpatialAxes(z.coreInInput.count, y.coreInInput.count, x.coreInInput.count)))
  }
}
