import Compute
import Microscopy
import Networks
import Tensors

/// A volume cut into tiles that overlap.
///
/// Exact tiles overlap by the network's reach, so that every voxel is computed from the same
/// neighborhood as in the whole volume. Blended tiles overlap by a quarter of their edge and are
/// averaged with Gaussian weights; they serve networks whose reach is too large for exact tiles.
package struct TilePlan: Sendable, Hashable {
  /// One tile.
  package struct Tile: Sendable, Hashable {
    /// The network's input. Its extent and origin are multiples of the network's, and it may reach
    /// beyond the far end of the volume, where the volume is mirrored.
    package let input: Window
    /// The part of the result that is kept, on the volume's grid. Cores of exact tiles cover the
    /// volume once, those of blended tiles overlap.
    package let core: Window

    /// The core as a part of the input.
    var region: SpatialRegion {
      SpatialRegion(
        origin: SpatialAxes(
          core.origin.z - input.origin.z, core.origin.y - input.origin.y,
          core.origin.x - input.origin.x), extents: core.extent.axes)
    }
  }

  /// How the results of tiles become one.
  package enum Joining: Sendable, Hashable {
    /// Cores side by side.
    case exact
    /// The average, each voxel weighted by its position in the tile.
    case blended
  }

  /// The tiles, in z, y, x order.
  package let tiles: [Tile]
  /// How their results become one.
  package let joining: Joining

  /// The whole volume in one tile, or tiles whose cores have at most the edge lengths `core`,
  /// rounded up to the network's multiple.
  package init(volume: Extent, core: Extent?, architecture: UNetConfiguration) {
    joining = .exact
    let multiple = architecture.multiple
    let reach = architecture.reach
    func cuts(_ length: Int, _ wanted: Int?) -> [(input: Range<Int>, core: Range<Int>)] {
      let padded = length.roundedUp(to: multiple)
      guard let wanted, wanted < length else { return [(0..<padded, 0..<length)] }
      let step = max(multiple, wanted.roundedUp(to: multiple))
      return stride(from: 0, to: length, by: step).map { start in
        let end = min(length, start + step)
        let stop = end.roundedUp(to: multiple)
        return (max(0, start - reach)..<min(padded, stop + reach), start..<end)
      }
    }
    let z = cuts(volume.depth, core?.depth)
    let y = cuts(volume.height, core?.height)
    let x = cuts(volume.width, core?.width)
    tiles = Self.tiles(z, y, x)
  }

  /// Tiles of the edge lengths `edge`, rounded up to the network's multiple, that overlap by at
  /// least a quarter of it and are blended.
  package init(volume: Extent, blendedEdge edge: Extent, architecture: UNetConfiguration) {
    joining = .blended
    let multiple = architecture.multiple
    func cuts(_ length: Int, _ wanted: Int) -> [(input: Range<Int>, core: Range<Int>)] {
      let padded = length.roundedUp(to: multiple)
      let edge = min(padded, wanted.roundedUp(to: multiple))
      let room = (padded - edge) / multiple
      // Steps of at most three quarters of the edge, spread evenly over the volume.
      let step = max(1, edge * 3 / 4 / multiple)
      let count = room.parts(of: step)
      return (0...count).map { index in
        let start = (count == 0 ? 0 : room * index / count) * multiple
        return (start..<start + edge, start..<min(length, start + edge))
      }
    }
    tiles = Self.tiles(
      cuts(volume.depth, edge.depth), cuts(volume.height, edge.height),
      cuts(volume.width, edge.width))
  }

  private typealias Cut = (input: Range<Int>, core: Range<Int>)

  private static func tiles(_ z: [Cut], _ y: [Cut], _ x: [Cut]) -> [Tile] {
    func window(_ z: Range<Int>, _ y: Range<Int>, _ x: Range<Int>) -> Window {
      Window(
        origin: VoxelIndex(z: z.lowerBound, y: y.lowerBound, x: x.lowerBound),
        extent: Extent(depth: z.count, height: y.count, width: x.count))
    }
    return z.flatMap { z in
      y.flatMap { y in
        x.map { x in
          Tile(input: window(z.input, y.input, x.input), core: window(z.core, y.core, x.core))
        }
      }
    }
  }

  /// The largest input of any tile.
  package var largestInput: Extent {
    tiles.map(\.input.extent).max { $0.count < $1.count } ?? Extent(depth: 0, height: 0, width: 0)
  }

  /// The voxels that the network computes.
  package var voxelsComputed: Int { tiles.reduce(0) { $0 + $1.input.extent.count } }

  /// The activations of the tile that takes the most.
  package func activationBytes(_ architecture: UNetConfiguration) -> Int {
    let isWhole = tiles.count == 1
    return Set(
      tiles.map { TileShape(input: $0.input.extent.axes, core: isWhole ? nil : $0.region) }
    )
    .map { architecture.activationBytes(for: $0.input, core: $0.core) }.max() ?? 0
  }

  /// What the memory and the arithmetic of a tile depend on.
  private struct TileShape: Hashable {
    let input: SpatialAxes
    let core: SpatialRegion?
  }

  /// The multiply–adds of all tiles.
  private func multiplyAdds(_ architecture: UNetConfiguration) -> Double {
    tiles.reduce(0) { sum, tile in
      sum
        + architecture.multiplyAdds(
          in: NetworkRegions(architecture, extents: tile.input.extent.axes, core: tile.region))
    }
  }

  /// How much more exact tiles may compute than blended ones, which are only almost the same as the
  /// whole volume.
  private static let exactness = 16.0

  /// The plan that computes the least within `bytes` of activations.
  ///
  /// The whole volume is one tile if it fits. Otherwise it is cut into exact tiles, unless blended
  /// ones compute less than a sixteenth as much. Nil if nothing fits.
  package static func fitting(
    bytes: Int, volume: Extent, architecture: UNetConfiguration
  ) -> TilePlan? {
    let whole = TilePlan(volume: volume, core: nil, architecture: architecture)
    if whole.activationBytes(architecture) <= bytes { return whole }
    let exact = TileCuts(volume, architecture).cheapestCore(bytes: bytes).map {
      TilePlan(volume: volume, core: $0, architecture: architecture)
    }
    // Smaller tiles have too little context to be blended.
    let longest = max(volume.depth, volume.height, volume.width)
    let blended = stride(
      from: max(32, architecture.multiple), to: longest, by: architecture.multiple
    )
    .map { edge in
      TilePlan(
        volume: volume, blendedEdge: Extent(depth: edge, height: edge, width: edge),
        architecture: architecture)
    }
    .filter { architecture.activationBytes(for: $0.largestInput.axes) <= bytes }
    .min { $0.voxelsComputed < $1.voxelsComputed }
    guard let exact else { return blended }
    guard let blended,
      blended.multiplyAdds(architecture) * exactness < exact.multiplyAdds(architecture)
    else { return exact }
    return blended
  }
}
