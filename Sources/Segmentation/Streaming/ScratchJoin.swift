import Compute
import Microscopy

/// Joins the results of tiles into one volume in scratch, as `TileJoin` does in memory.
struct ScratchJoin {
  private let plan: TilePlan
  private let sum: ScratchVolume<Float>
  /// The sums of the weights; nil for exact tiles.
  private let weights: ScratchVolume<Float>?

  /// A volume of zeros to add to.
  init(_ plan: TilePlan, extent: Extent, voxelSize: VoxelSize?) throws(FileError) {
    self.plan = plan
    sum = try ScratchVolume(extent, voxelSize: voxelSize)
    weights = plan.joining == .blended ? try ScratchVolume(extent) : nil
  }

  /// Adds the result of a tile of the volume mirrored along some axes.
  mutating func add(
    _ part: Volume<Float>, of tile: TilePlan.Tile, mirrored axes: [Axis]
  ) throws(FileError) {
    func turned(_ volume: Volume<Float>) -> Volume<Float> {
      axes.reduce(volume) { $0.flipped(along: $1) }
    }
    let core = tile.core.mirrored(along: axes, of: sum.extent)
    guard let weights else { return try sum.write(turned(part), at: core.origin) }
    let own = tile.weights(in: sum.extent)
    try add(turned(own), to: weights, at: core)
    let weighted = Volume(zip(own.voxels, part.voxels).map { $0 * $1 }, extent: part.extent)
    try add(turned(weighted), to: sum, at: core)
  }

  private func add(
    _ part: Volume<Float>, to volume: ScratchVolume<Float>, at window: Window
  ) throws(FileError) {
    var total = try volume.box(window)
    for i in total.voxels.indices { total.voxels[i] += part.voxels[i] }
    try volume.write(total, at: window.origin)
  }

  /// The volume, after every tile was added.
  func result(slab: Int) throws -> ScratchVolume<Float> {
    guard let weights else { return sum }
    try sum.forEachSlab(of: slab) { planes, values in
      let weights = try weights.planes(planes)
      try sum.write(
        Volume(zip(values.voxels, weights.voxels).map { $0 / $1 }, extent: values.extent),
        at: VoxelIndex(z: planes.lowerBound, y: 0, x: 0))
    }
    return sum
  }
}
