import Compute
import Microscopy

extension Extent {
  /// The box in the middle that has this part of every edge, at least one voxel.
  func middle(_ part: Double) -> Window {
    var window = Window(origin: VoxelIndex(z: 0, y: 0, x: 0), extent: self)
    for axis in Axis.allCases {
      window.extent[axis] = max(1, Int(clamped: (Double(self[axis]) * part).rounded()))
      window.origin[axis] = (self[axis] - window.extent[axis]) / 2
    }
    return window
  }
}

extension Volume<Float> {
  /// Adds levels that rise along x from 0 to `height`.
  mutating func addRamp(height: Double) {
    let width = extent.width
    for i in voxels.indices {
      voxels[i] += Float(height * Double(i % width) / Double(Swift.max(1, width - 1)))
    }
  }
}

extension Volume {
  /// The part of this volume in a box, which must lie inside.
  func cropped(to window: Window) -> Volume<Voxel> {
    cropped(origin: window.origin, extent: window.extent)
  }

  /// This volume and, after its last column, another of the same extent.
  func beside(_ other: Volume<Voxel>) -> Volume<Voxel> {
    precondition(extent == other.extent, "volumes side by side must have the same extent")
    var result: [Voxel] = []
    result.reserveCapacity(2 * extent.count)
    for start in stride(from: 0, to: extent.count, by: extent.width) {
      result += voxels[start..<start + extent.width]
      result += other.voxels[start..<start + extent.width]
    }
    var wide = extent
    wide[.x] *= 2
    return Volume(result, extent: wide, voxelSize: voxelSize)
  }
}

extension LabelVolume {
  /// The part of the field of view within `margin` µm of the box around the largest label; nil if
  /// all labels are 0.
  func windowAroundLargestLabel(margin: Double, voxelSize: VoxelSize) -> Window? {
    guard let box = boxOfLargestLabel() else { return nil }
    var window = box
    for axis in Axis.allCases {
      let rim = Int(clamped: (margin / voxelSize[axis]).rounded())
      let end = Swift.min(extent[axis], box.origin[axis] + box.extent[axis] + rim)
      window.origin[axis] = Swift.max(0, box.origin[axis] - rim)
      window.extent[axis] = end - window.origin[axis]
    }
    return window
  }

  /// The box around the label with the most voxels, the lowest of several; nil if all are 0.
  private func boxOfLargestLabel() -> Window? {
    var counts: [UInt32: Int] = [:]
    for label in voxels where label != 0 { counts[label, default: 0] += 1 }
    let largest = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
    guard let label = largest?.key else { return nil }
    var low = VoxelIndex(z: extent.depth, y: extent.height, x: extent.width)
    var high = VoxelIndex(z: 0, y: 0, x: 0)
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width where self[z, y, x] == label {
          let voxel = VoxelIndex(z: z, y: y, x: x)
          for axis in Axis.allCases {
            low[axis] = Swift.min(low[axis], voxel[axis])
            high[axis] = Swift.max(high[axis], voxel[axis])
          }
        }
      }
    }
    let size = Extent(
      depth: high.z - low.z + 1, height: high.y - low.y + 1, width: high.x - low.x + 1)
    return Window(origin: low, extent: size)
  }

  /// The label nearest to each voxel of another grid of the same field of view.
  func sampled(at newExtent: Extent) -> LabelVolume {
    func nearest(_ axis: Axis) -> [Int] {
      let step = Double(extent[axis]) / Double(newExtent[axis])
      return (0..<newExtent[axis]).map {
        Swift.min(extent[axis] - 1, Int(clamped: (Double($0) + 0.5) * step))
      }
    }
    let (rows, columns) = (nearest(.y), nearest(.x))
    var labels: [UInt32] = []
    labels.reserveCapacity(newExtent.count)
    for z in nearest(.z) {
      for y in rows {
        for x in columns { labels.append(self[z, y, x]) }
      }
    }
    var result = LabelVolume(labels, extent: newExtent)
    if var size = voxelSize {
      for axis in Axis.allCases { size[axis] *= Double(extent[axis]) / Double(newExtent[axis]) }
      result.voxelSize = size
    }
    return result
  }
}
