/// The greatest values of blocks of a volume, of blocks of blocks and so on, to find out quickly
/// whether a higher voxel lies within an ellipsoid, however large that is.
struct MaximumPyramid: Sendable {
  /// What is asked: whether a voxel is higher than `height` within the ellipsoid around `center`.
  struct Query {
    /// The center.
    var center: VoxelIndex
    /// The height to exceed.
    var height: Float
    /// Whether a voxel counts.
    var counts: (_ offset: Int) -> Bool
  }

  private struct Level: Sendable {
    var extent: Extent
    var maxima: [Float]
  }

  /// The edge of a block in blocks of the level below.
  private static let factor = 4

  private let values: [Float]
  private let voxelSize: VoxelSize
  private let limit: Double
  /// From blocks of voxels to a single block.
  private let levels: [Level]

  /// The pyramid of a volume for ellipsoids of one radius in µm; voxels that are not in the mask
  /// do not count.
  init(_ volume: Volume<Float>, mask: [Bool]?, radius: Double, voxelSize: VoxelSize) {
    values = volume.voxels
    self.voxelSize = voxelSize
    limit = radius * radius
    var levels: [Level] = []
    var (extent, source) = (volume.extent, volume.voxels)
    var isFirst = true
    repeat {
      let smaller = Extent(
        depth: (extent.depth + Self.factor - 1) / Self.factor,
        height: (extent.height + Self.factor - 1) / Self.factor,
        width: (extent.width + Self.factor - 1) / Self.factor)
      var maxima = [Float](repeating: -.infinity, count: smaller.count)
      var offset = 0
      for z in 0..<extent.depth {
        for y in 0..<extent.height {
          let row = (z / Self.factor * smaller.height + y / Self.factor) * smaller.width
          for x in 0..<extent.width {
            let value = source[offset]
            if !isFirst || mask?[offset] ?? true, value > maxima[row + x / Self.factor] {
              maxima[row + x / Self.factor] = value
            }
            offset += 1
          }
        }
      }
      levels.append(Level(extent: smaller, maxima: maxima))
      (extent, source, isFirst) = (smaller, maxima, false)
    } while extent.count > 1
    self.levels = levels
    self.extent = volume.extent
  }

  private let extent: Extent

  /// Whether there is such a voxel.
  func hasHigher(_ query: Query) -> Bool {
    hasHigher(query, level: levels.count - 1, block: VoxelIndex(z: 0, y: 0, x: 0))
  }

  private func hasHigher(_ query: Query, level: Int, block: VoxelIndex) -> Bool {
    let own = levels[level].extent
    let value = levels[level].maxima[(block.z * own.height + block.y) * own.width + block.x]
    guard value > query.height else { return false }
    let size = (0..<level).reduce(Self.factor) { edge, _ in edge * Self.factor }
    if squaredDistance(query.center, block, size) > limit { return false }
    let below = level > 0 ? levels[level - 1].extent : extent
    func range(_ index: Int, _ count: Int) -> Range<Int> {
      index * Self.factor..<min(count, (index + 1) * Self.factor)
    }
    for z in range(block.z, below.depth) {
      for y in range(block.y, below.height) {
        for x in range(block.x, below.width) {
          let index = VoxelIndex(z: z, y: y, x: x)
          if level > 0 {
            if hasHigher(query, level: level - 1, block: index) { return true }
            continue
          }
          let offset = (z * extent.height + y) * extent.width + x
          if values[offset] > query.height, query.counts(offset),
            squaredDistance(query.center, index) <= limit
          {
            return true
          }
        }
      }
    }
    return false
  }

  /// As `Ellipsoid` computes it, so that both agree to the last bit.
  private func squaredDistance(_ a: VoxelIndex, _ b: VoxelIndex) -> Double {
    let (dz, dy, dx) = (
      Double(b.z - a.z) * voxelSize.z, Double(b.y - a.y) * voxelSize.y,
      Double(b.x - a.x) * voxelSize.x
    )
    return dz * dz + dy * dy + dx * dx
  }

  /// The squared distance to the nearest voxel of a block of this edge.
  private func squaredDistance(_ point: VoxelIndex, _ block: VoxelIndex, _ edge: Int) -> Double {
    func nearest(_ index: Int, _ block: Int) -> Int {
      min(max(index, block * edge), block * edge + edge - 1)
    }
    return squaredDistance(
      point,
      VoxelIndex(
        z: nearest(point.z, block.z), y: nearest(point.y, block.y), x: nearest(point.x, block.x)))
  }
}
