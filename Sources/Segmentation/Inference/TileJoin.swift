import Foundation
import Microscopy

/// Joins the results of tiles into one volume.
struct TileJoin {
  private let plan: TilePlan
  private var sum: Volume<Float>
  /// The sums of the weights; nil for exact tiles.
  private var weights: Volume<Float>?

  /// A volume of zeros to add to.
  init(_ plan: TilePlan, volume: Extent) {
    self.plan = plan
    sum = Volume(repeating: 0, extent: volume)
    weights = plan.joining == .blended ? Volume(repeating: 0, extent: volume) : nil
  }

  /// Adds the result of a tile, which has the extent of its core.
  mutating func add(_ part: Volume<Float>, of tile: TilePlan.Tile) {
    precondition(part.extent == tile.core.extent, "the result of a tile has its core's extent")
    precondition(tile.core.isInside(sum.extent), "a tile lies outside")
    let origin = tile.core.origin
    let profiles = Axis.allCases.map { tile.profile(along: $0, in: sum.extent) }
    for z in 0..<part.extent.depth {
      for y in 0..<part.extent.height {
        let source = (z * part.extent.height + y) * part.extent.width
        let target =
          ((origin.z + z) * sum.extent.height + origin.y + y) * sum.extent.width + origin.x
        if weights != nil {
          let row = profiles[0][z] * profiles[1][y]
          for x in 0..<part.extent.width {
            let weight = row * profiles[2][x]
            sum.voxels[target + x] += weight * part.voxels[source + x]
            weights?.voxels[target + x] += weight
          }
        } else {
          for x in 0..<part.extent.width { sum.voxels[target + x] = part.voxels[source + x] }
        }
      }
    }
  }

  /// The volume, after every tile was added.
  var result: Volume<Float> {
    guard let weights else { return sum }
    return Volume(
      zip(sum.voxels, weights.voxels).map { $0 / $1 }, extent: sum.extent, voxelSize: sum.voxelSize)
  }
}

extension TilePlan.Tile {
  /// The weights of the core's voxels along an axis of a volume: a Gaussian about the middle of the
  /// tile whose σ is an eighth of its edge, as in nnU-Net; all 1 if the volume is not cut along the
  /// axis.
  func profile(along axis: Axis, in volume: Extent) -> [Float] {
    let edge = input.extent[axis]
    let count = core.extent[axis]
    guard edge < volume[axis] else { return [Float](repeating: 1, count: count) }
    let offset = core.origin[axis] - input.origin[axis]
    let middle = Double(edge - 1) / 2
    let sigma = Double(edge) / 8
    return (0..<count).map { index in
      let distance = (Double(index + offset) - middle) / sigma
      return Float(exp(-0.5 * distance * distance))
    }
  }

  /// The weights of the core's voxels.
  func weights(in volume: Extent) -> Volume<Float> {
    let (z, y, x) = (
      profile(along: .z, in: volume), profile(along: .y, in: volume), profile(along: .x, in: volume)
    )
    var weights: [Float] = []
    weights.reserveCapacity(core.extent.count)
    for z in z {
      for y in y {
        let row = z * y
        for x in x { weights.append(row * x) }
      }
    }
    return Volume(weights, extent: core.extent)
  }
}
