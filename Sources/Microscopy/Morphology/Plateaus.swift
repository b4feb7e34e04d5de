/// Joins maxima that are neighbors and equally high into plateaus of one maximum each.
struct Plateaus {
  let values: Volume<Float>
  let voxelSize: VoxelSize
  /// Plateaus end where the label changes.
  let labels: LabelVolume?

  /// A maximum: the offset of its voxel and its height.
  struct Peak {
    var offset: Int
    var height: Float
  }

  /// One voxel per plateau of the candidates (offsets in ascending order): the one nearest to the
  /// centroid of the plateau, the first in scan order of several; plateaus in scan order.
  func representatives(of candidates: some Sequence<Int>) -> [Peak] {
    let extent = values.extent
    let grid = PaddedGrid(around: extent)
    let steps = Neighborhood(.corners).offsets(in: grid.extent)
    // The candidates that belong to no plateau yet.
    var open: [Int: Int] = [:]
    var order: [Int] = []
    for offset in candidates {
      let index = values.index(ofVoxel: offset)
      let padded = grid.row(z: index.z, y: index.y) + index.x
      open[padded] = offset
      order.append(padded)
    }
    var peaks: [Peak] = []
    for first in order {
      guard let offset = open.removeValue(forKey: first) else { continue }
      let height = values.voxels[offset]
      var members = [offset]
      var queue = [first]
      while let voxel = queue.popLast() {
        for step in steps {
          guard let other = open[voxel + step], values.voxels[other] == height,
            labels?.voxels[other] == labels?.voxels[offset]
          else { continue }
          open[voxel + step] = nil
          members.append(other)
          queue.append(voxel + step)
        }
      }
      peaks.append(Peak(offset: center(of: members.sorted()), height: height))
    }
    return peaks
  }

  /// The voxel nearest to the centroid of these, which are in scan order.
  func center(of members: [Int]) -> Int {
    if members.count < 3 { return members[0] }
    let indices = members.map { values.index(ofVoxel: $0) }
    let count = Double(members.count)
    let centroid = VoxelPoint(
      z: Double(indices.reduce(0) { $0 + $1.z }) / count,
      y: Double(indices.reduce(0) { $0 + $1.y }) / count,
      x: Double(indices.reduce(0) { $0 + $1.x }) / count)
    var best = (distance: Double.infinity, offset: members[0])
    for (index, offset) in zip(indices, members) {
      let point = VoxelPoint(z: Double(index.z), y: Double(index.y), x: Double(index.x))
      let distance = point.squaredDistance(to: centroid, voxelSize: voxelSize)
      if distance < best.distance { best = (distance, offset) }
    }
    return best.offset
  }
}
