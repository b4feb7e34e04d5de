import Microscopy

/// The markers of the parts of a mask, numbered from 1 in the order in which they are set.
struct PartMarkers {
  private let parts: MaskParts
  /// Their voxels.
  private var offsets: [Int] = []
  private var taken: Set<Int> = []
  /// Whether each part holds a marker; the first one is the background.
  private(set) var isMarked: [Bool]

  /// No markers yet.
  init(_ parts: MaskParts) {
    self.parts = parts
    isMarked = [Bool](repeating: false, count: parts.count + 1)
  }

  /// The number of markers.
  var count: Int { offsets.count }

  /// Sets a marker at every voxel of the mask that has none.
  mutating func mark(_ voxels: [VoxelIndex]) {
    let extent = parts.mask.extent
    for voxel in voxels {
      guard let part = parts.part(at: voxel) else { continue }
      let offset = (voxel.z * extent.height + voxel.y) * extent.width + voxel.x
      guard taken.insert(offset).inserted else { continue }
      offsets.append(offset)
      isMarked[part] = true
    }
  }

  /// Calls `body` with every part that holds markers, in order, and its markers.
  func forEachPart(
    _ body: (_ part: Int, _ markers: [(voxel: VoxelIndex, label: UInt32)]) throws -> Void
  ) rethrows {
    let extent = parts.mask.extent
    let partOf = offsets.map { UInt32(parts.part(at: extent.index(ofVoxel: $0)) ?? 0) }
    // By part, and by label within it.
    let order = (0..<UInt32(offsets.count)).sorted {
      (partOf[Int($0)], $0) < (partOf[Int($1)], $1)
    }
    var next = 0
    while next < order.count {
      let part = partOf[Int(order[next])]
      var markers: [(voxel: VoxelIndex, label: UInt32)] = []
      while next < order.count, partOf[Int(order[next])] == part {
        let index = order[next]
        markers.append((extent.index(ofVoxel: offsets[Int(index)]), index + 1))
        next += 1
      }
      try body(Int(part), markers)
    }
  }
}
