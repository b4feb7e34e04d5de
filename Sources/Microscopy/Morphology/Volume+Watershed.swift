extension Volume<Float> {
  /// Floods the values from low to high, from the markers on, within the mask:
  /// `skimage.segmentation.watershed(values, markers, mask=mask, connectivity=…)`, label by label.
  ///
  /// To split touching objects flood the negative distance transform. Voxels are taken by value,
  /// those of equal value in the order in which they were reached; markers are reached first, in
  /// scan order; no voxel is taken at less than the value from which it was reached; neighbors are
  /// reached nearest first, then in scan order. Markers outside the mask do not count, and parts of
  /// the mask without a marker stay 0. NaN counts as the highest value. (scikit-image leaves the
  /// order of equally valued marker voxels to its heap: where two such markers meet on a plateau,
  /// it may draw the line elsewhere.)
  ///
  /// L. Vincent and P. Soille, IEEE Trans. Pattern Anal. Mach. Intell. 13, 583–598 (1991). Time
  /// linear in the number of voxels: values are sorted by radix and flooded level by level.
  public func watershed(
    markers: LabelVolume, mask: Volume<Bool>, connectivity: Connectivity = .faces
  ) -> LabelVolume {
    precondition(
      markers.extent == extent, "markers of \(markers.extent) voxels do not fit \(extent)")
    var flood = Flood(levels: VoxelLevels(self, mask: mask), markers: markers)
    flood.run(connectivity)
    return LabelVolume(flood.labels(), extent: extent, voxelSize: voxelSize)
  }
}

/// Water that rises level by level.
private struct Flood {
  private let grid: PaddedGrid
  /// Where each level begins in the sorted voxels, and so in `reached`.
  private var starts: [Int] = []
  /// The level of every dry voxel of the mask; `wet` elsewhere.
  private var levels: [UInt32]
  /// The label of every voxel.
  private var flooded: [UInt32]
  /// The voxels reached at each level, from its start on, in the order in which they were reached.
  private var reached: [UInt32]
  /// How far each level's part of `reached` is filled.
  private var ends: [Int] = []

  private static let wet = UInt32.max

  init(levels sorted: VoxelLevels, markers: LabelVolume) {
    grid = sorted.grid
    levels = Array(repeating: Self.wet, count: grid.extent.count)
    flooded = Array(repeating: 0, count: grid.extent.count)
    reached = Array(repeating: 0, count: sorted.voxels.count)
    for (i, voxel) in sorted.voxels.enumerated() {
      if i == 0 || sorted.keys[i] != sorted.keys[i - 1] { starts.append(i) }
      levels[Int(voxel)] = UInt32(starts.count - 1)
    }
    ends = starts
    let inner = grid.inner
    for z in 0..<inner.depth {
      for y in 0..<inner.height {
        let row = (z * inner.height + y) * inner.width
        let padded = grid.row(z: z, y: y)
        for x in 0..<inner.width where markers.voxels[row + x] != 0 {
          let level = levels[padded + x]
          if level == Self.wet { continue }
          flooded[padded + x] = markers.voxels[row + x]
          levels[padded + x] = Self.wet
          reached[ends[Int(level)]] = UInt32(padded + x)
          ends[Int(level)] += 1
        }
      }
    }
  }

  mutating func run(_ connectivity: Connectivity) {
    let offsets = Neighborhood(connectivity).offsets(in: grid.extent)
    // Voxels reached at the level that is being flooded, or below it: they follow at once.
    var current: [UInt32] = []
    for level in starts.indices {
      current.removeAll(keepingCapacity: true)
      var next = starts[level]
      while next < ends[level] {
        spread(from: reached[next], level: level, offsets, &current)
        next += 1
      }
      next = 0
      while next < current.count {
        spread(from: current[next], level: level, offsets, &current)
        next += 1
      }
    }
  }

  private mutating func spread(
    from voxel: UInt32, level: Int, _ offsets: [Int], _ current: inout [UInt32]
  ) {
    let label = flooded[Int(voxel)]
    for offset in offsets {
      let neighbor = Int(voxel) + offset
      let neighborLevel = levels[neighbor]
      if neighborLevel == Self.wet { continue }
      levels[neighbor] = Self.wet
      flooded[neighbor] = label
      if Int(neighborLevel) <= level {
        current.append(UInt32(neighbor))
      } else {
        reached[ends[Int(neighborLevel)]] = UInt32(neighbor)
        ends[Int(neighborLevel)] += 1
      }
    }
  }

  /// The labels on the grid of the volume.
  func labels() -> [UInt32] {
    var labels: [UInt32] = []
    labels.reserveCapacity(grid.inner.count)
    for z in 0..<grid.inner.depth {
      for y in 0..<grid.inner.height {
        let row = grid.row(z: z, y: y)
        labels.append(contentsOf: flooded[row..<row + grid.inner.width])
      }
    }
    return labels
  }
}
