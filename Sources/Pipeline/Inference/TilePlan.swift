import Microscopy
import Networks

/// A volume cut into tiles that overlap by the network's reach, so that every voxel is computed from
/// the same neighborhood as in the whole volume.
public struct TilePlan: Sendable, Hashable {
  /// One tile.
  public struct Tile: Sendable, Hashable {
    /// What the network is given; a multiple of the network's in extent and origin, and possibly
    /// beyond the volume at its far end, where the volume is mirrored.
    public let input: Window
    /// What is kept of the result, on the volume's grid.
    public let core: Window
  }

  /// The tiles, in z, y, x order.
  public let tiles: [Tile]

  /// The whole volume in one tile, or tiles whose cores have at most the edge lengths `core`, rounded
  /// up to the network's multiple.
  public init(volume: Extent, core: Extent?, architecture: UNetConfiguration) {
    let multiple = architecture.multiple
    let reach = architecture.reach
    func cuts(_ length: Int, _ wanted: Int?) -> [(input: Range<Int>, core: Range<Int>)] {
      let padded = (length + multiple - 1) / multiple * multiple
      guard let wanted, wanted < length else { return [(0..<padded, 0..<length)] }
      let step = max(multiple, (wanted + multiple - 1) / multiple * multiple)
      return stride(from: 0, to: length, by: step).map { start in
        let end = min(length, start + step)
        let stop = (end + multiple - 1) / multiple * multiple
        return (max(0, start - reach)..<min(padded, stop + reach), start..<end)
      }
    }
    let z = cuts(volume.depth, core?.depth)
    let y = cuts(volume.height, core?.height)
    let x = cuts(volume.width, core?.width)
    func window(_ z: Range<Int>, _ y: Range<Int>, _ x: Range<Int>) -> Window {
      Window(
        origin: VoxelIndex(z: z.lowerBound, y: y.lowerBound, x: x.lowerBound),
        extent: Extent(depth: z.count, height: y.count, width: x.count))
    }
    tiles = z.flatMap { z in
      y.flatMap { y in
        x.map { x in
          Tile(input: window(z.input, y.input, x.input), core: window(z.core, y.core, x.core))
        }
      }
    }
  }

  /// The largest input of any tile.
  public var largestInput: Extent {
    tiles.map(\.input.extent).max { $0.count < $1.count } ?? Extent(depth: 0, height: 0, width: 0)
  }

  /// The plan with the fewest voxels computed whose activations fit in `bytes`, nil where none does.
  public static func fitting(
    bytes: Int, volume: Extent, architecture: UNetConfiguration
  ) -> TilePlan? {
    func cost(_ plan: TilePlan) -> Int { plan.tiles.reduce(0) { $0 + $1.input.extent.count } }
    func fits(_ plan: TilePlan) -> Bool {
      let input = plan.largestInput
      return architecture.predictionBytes(for: input.axes) <= bytes
    }
    let whole = TilePlan(volume: volume, core: nil, architecture: architecture)
    if fits(whole) { return whole }
    let longest = max(volume.depth, volume.height, volume.width)
    return stride(from: architecture.multiple, to: longest, by: architecture.multiple)
      .map {
        TilePlan(
          volume: volume, core: Extent(depth: $0, height: $0, width: $0),
          architecture: architecture)
      }
      .filter(fits)
      .min { cost($0) < cost($1) }
  }
}
