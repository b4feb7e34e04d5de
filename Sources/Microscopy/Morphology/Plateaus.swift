/// Joins maxima that are neighbors and equally high into plateaus of one maximum each.
struct Plateaus {
  let extent: Extent
  let voxelSize: VoxelSize

  /// A maximum: the offset of its voxel and its height.
  struct Peak: Sendable {
    var offset: Int
    var height: Float
    /// Plateaus end where the label changes.
    var label: UInt32 = 0
  }

  /// One voxel per plateau of the candidates (offsets in ascending order): the one nearest to the
  /// centroid of the plateau, the first in scan order of several; plateaus in scan order.
  func representatives(of candidates: [Peak]) -> [Peak] {
    let grid = PaddedGrid(around: extent)
    let steps = Neighborhood(.corners).offsets(in: grid.extent)
    // The candidates that belong to no plateau yet.
    var open: [Int: Int] = [:]
    var order: [Int] = []
    for (number, candidate) in candidates.enumerated() {
      let index = extent.index(ofVoxel: candidate.offset)
      let padded = grid.row(z: index.z, y: index.y) + index.x
      open[padded] = number
      order.append(padded)
    }
    var peaks: [Peak] = []
    for first in order {
      guard let number = open.removeValue(forKey: first) else { continue }
      var peak = candidates[number]
      var members = [peak.offset]
      var queue = [first]
      while let voxel = queue.popLast() {
        for step in steps {
          guard let other = open[voxel + step], candidates[other].height == peak.height,
            candidates[other].label == peak.label
          else { continue }
          open[voxel + step] = nil
          members.append(candidates[other].offset)
          queue.append(voxel + step)
        }
      }
      peak.offset = center(of: members.sorted())
      peaks.append(peak)
    }
    return peaks
  }

  /// The voxel nearest to the centroid of these, which are in scan order.
  func center(of members: [Int]) -> Int {
    if members.count < 3 { return members[0] }
    let indices = members.map { extent.index(ofVoxel: $0) }
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
