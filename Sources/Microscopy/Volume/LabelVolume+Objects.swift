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
          sums[label, default: ObjectSums()].add(z: z, y: y, first: first, last: x - 1)
        }
      }
    }
    return sums.sorted { $0.key < $1.key }.map { label, sum in sum.object(label) }
  }
}

/// The number of an object's voxels and the sums of their positions.
package struct ObjectSums: Sendable {
  private var count = 0
  private var z = 0
  private var y = 0
  private var x = 0

  /// An object without voxels.
  package init() {}

  /// Adds voxels `first...last` of a row at once: Σx of them is their number times their mean.
  package mutating func add(z: Int, y: Int, first: Int, last: Int) {
    let added = last - first + 1
    count += added
    self.z += added * z
    self.y += added * y
    x += added * (first + last) / 2
  }

  /// The object, which has voxels.
  package func object(_ label: UInt32) -> LabeledObject {
    let number = Double(count)
    return LabeledObject(
      label: label, voxelCount: count,
      centroid: VoxelPoint(z: Double(z) / number, y: Double(y) / number, x: Double(x) / number))
  }
}
