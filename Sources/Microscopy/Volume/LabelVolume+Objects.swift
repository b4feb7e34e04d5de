extension Volume<UInt32> {
  /// The objects, ordered by label; the background is not one. Linear time.
  public func objects() -> [LabeledObject] {
    var sums: [UInt32: ObjectSums] = [:]
    let labels = voxels.span
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        let base = (z * extent.height + y) * extent.width
        var x = 0
        while x < extent.width {
          let label = labels[base + x]
          let first = x
          while x < extent.width, labels[base + x] == label { x += 1 }
          if label == 0 { continue }
          // A run at once: Σx of first..<x is their number times their mean.
          let count = x - first
          var object = sums[label, default: ObjectSums()]
          object.count += count
          object.z += count * z
          object.y += count * y
          object.x += count * (first + x - 1) / 2
          sums[label] = object
        }
      }
    }
    return sums.sorted { $0.key < $1.key }.map { label, sum in
      let count = Double(sum.count)
      return LabeledObject(
        label: label, voxelCount: sum.count,
        centroid: VoxelPoint(
          z: Double(sum.z) / count, y: Double(sum.y) / count, x: Double(sum.x) / count))
    }
  }
}

/// The number of an object's voxels and the sums of their positions.
private struct ObjectSums {
  var count = 0
  var z = 0
  var y = 0
  var x = 0
}
