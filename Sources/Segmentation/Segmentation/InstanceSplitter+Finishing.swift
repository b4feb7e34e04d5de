import Microscopy

extension InstanceSplitter {
  /// The instances without small objects, numbered by position.
  ///
  /// - Parameter centered: The last label that has a center.
  func finished(_ labels: LabelVolume, centered: UInt32, voxelSize: VoxelSize) -> Instances {
    let order = kept(
      of: labels.objects(), atBorder: labels.labelsAtBorder, centered: centered,
      voxelSize: voxelSize)
    var result = labels.relabeled(inOrder: order)
    result.voxelSize = voxelSize
    return Instances(labels: result, isUncentered: order.map { $0 > centered })
  }

  /// The labels of the objects that are not too small, in the order of their positions.
  func kept(
    of objects: [LabeledObject], atBorder: Set<UInt32>, centered: UInt32, voxelSize: VoxelSize
  ) -> [UInt32] {
    let volumes = objects.map { (label: $0.label, volume: volume(of: $0, voxelSize)) }
    let large = volumes.filter { label, volume in
      let isSmall = volume < parameters.minimumUncenteredVolume
      let isDropped = isSmall && label > centered && !atBorder.contains(label)
      return volume >= parameters.minimumVolume && !isDropped
    }
    let minimum = parameters.minimumRelativeVolume * Self.median(large.map(\.volume))
    let kept = Set(
      large.filter { $0.volume >= minimum || atBorder.contains($0.label) }.map(\.label))
    return objects.labelsByPosition().filter(kept.contains)
  }

  /// The volume of an object in µm³.
  func volume(of object: LabeledObject, _ voxelSize: VoxelSize) -> Double {
    Double(object.voxelCount) * (voxelSize.x * voxelSize.y * voxelSize.z)
  }

  /// The median; 0 without values.
  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

extension LabelVolume {
  /// The labels of objects that touch the border of the volume.
  fileprivate var labelsAtBorder: Set<UInt32> {
    var found: Set<UInt32> = []
    let (depth, height, width) = (extent.depth, extent.height, extent.width)
    for z in 0..<depth {
      for y in 0..<height {
        let row = (z * height + y) * width
        let isEdge = z == 0 || z == depth - 1 || y == 0 || y == height - 1
        if isEdge {
          for label in voxels[row..<row + width] where label != 0 { found.insert(label) }
        } else {
          found.insert(voxels[row])
          found.insert(voxels[row + width - 1])
        }
      }
    }
    return found
  }
}
