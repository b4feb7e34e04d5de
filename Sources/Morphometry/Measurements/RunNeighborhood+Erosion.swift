import Microscopy

extension RunNeighborhood {
  /// The element of an erosion.
  enum Element {
    /// A voxel and its 26 neighbors: the original QCANet's `np.ones((3, 3, 3))`.
    case cube
    /// A voxel and the 6 neighbors that share a face with it.
    case faces
  }

  /// How many voxels one binary erosion removes. Places outside the volume do not erode, as with
  /// scikit-image's border mode `reflect`: an object cut by the border has no surface there.
  func voxelsRemovedByErosion(_ element: Element) -> Int {
    var offsets: [(z: Int, y: Int)] = [(-1, 0), (0, -1), (0, 1), (1, 0)]
    if element == .cube { offsets += [(-1, -1), (-1, 1), (1, -1), (1, 1)] }
    let others = offsets.map { neighbors(z: $0.z, y: $0.y) }
    var removed = 0
    var kept: [Range<Int32>] = []
    var scratch: [Range<Int32>] = []
    for (number, row) in rows.enumerated() {
      kept.removeAll(keepingCapacity: true)
      for index in row.runs {
        removed += runs[index].count
        let range = runs[index].first..<runs[index].end
        if element == .cube { kept.append(range) } else { appendInner(range, to: &kept) }
      }
      for (offset, neighbors) in zip(offsets, others) {
        guard !kept.isEmpty else { break }
        guard isInside(row, z: offset.z, y: offset.y) else { continue }
        let other = neighbors[number]
        intersect(kept, other < 0 ? 0..<0 : rows[other].runs, into: &scratch)
        swap(&kept, &scratch)
      }
      if element == .cube {
        // Neighbors along x of a voxel whose column of nine is in the object must be so too.
        scratch.removeAll(keepingCapacity: true)
        for range in kept { appendInner(range, to: &scratch) }
        swap(&kept, &scratch)
      }
      for range in kept { removed -= range.count }
    }
    return removed
  }

  /// The voxels of a range whose neighbors along x lie in it or outside the volume.
  private func appendInner(_ range: Range<Int32>, to list: inout [Range<Int32>]) {
    let first = range.lowerBound == 0 ? 0 : range.lowerBound + 1
    let end = Int(range.upperBound) == width ? range.upperBound : range.upperBound - 1
    if first < end { list.append(first..<end) }
  }

  /// What ranges have in common with some of the runs, both ascending.
  private func intersect(
    _ ranges: [Range<Int32>], _ others: Range<Int>, into result: inout [Range<Int32>]
  ) {
    result.removeAll(keepingCapacity: true)
    var start = others.lowerBound
    for range in ranges {
      while start < others.upperBound, runs[start].end <= range.lowerBound { start += 1 }
      var next = start
      while next < others.upperBound, runs[next].first < range.upperBound {
        result.append(
          max(range.lowerBound, runs[next].first)..<min(range.upperBound, runs[next].end))
        next += 1
      }
    }
  }
}
