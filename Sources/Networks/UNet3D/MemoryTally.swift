import Compute
import Tensors

/// Channels of a block.
struct BlockWidths {
  let incoming: Int
  let middle: Int
  let outgoing: Int

  /// Numbers in the activations of that many voxels.
  func scaled(by voxels: Int) -> (incoming: Int, middle: Int, outgoing: Int) {
    (incoming * voxels, middle * voxels, outgoing * voxels)
  }
}

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
  func below(_ level: Int) -> Int { configuration.channels(at: level + 1) * voxels[level + 1] }

  /// What a decoder level takes to upsample a slab of it.
  func slab(_ level: Int) -> Int {
    let depth = depth >> level
    let plane = configuration.channels(at: level + 1) * voxels[level] / depth
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

/// Numbers (float32) alive, and the most there were.
struct MemoryTally {
  private var alive: Int
  private var peak: Int

  init(_ alive: Int) {
    self.alive = alive
    peak = alive
  }

  /// The most there were, in bytes, with what the pool keeps.
  var peakBytes: Int { Self.pooled(peak * MemoryLayout<Float>.stride) }

  /// Bytes with what the pool keeps.
  static func pooled(_ bytes: Int) -> Int { PageLedger.mostHeld(bytes) }

  mutating func take(_ count: Int) {
    alive += count
    peak = max(peak, alive)
  }

  mutating func free(_ count: Int) { alive -= count }

  /// Taken and freed at once.
  mutating func hold(_ count: Int) { peak = max(peak, alive + count) }
}
