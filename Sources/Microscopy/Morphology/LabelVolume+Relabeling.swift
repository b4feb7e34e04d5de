import Compute

extension Volume<UInt32> {
  /// The labels of the objects in the order of their centroids: by z, then y, then x, in voxels;
  /// objects with one centroid by their labels. Linear time.
  public func labelsByPosition() -> [UInt32] { objects().labelsByPosition() }

  /// The same objects numbered 1…n in the order of their centroids (z, then y, then x), so that the
  /// numbers do not depend on how the objects were found.
  public func relabeled() -> LabelVolume { relabeled(inOrder: labelsByPosition()) }

  /// The objects with label `order[0]` as 1, `order[1]` as 2, and so on; others become background.
  public func relabeled(inOrder order: [UInt32]) -> LabelVolume {
    relabeled(Dictionary(uniqueKeysWithValues: zip(order, 1...)))
  }

  /// The volume with every label replaced; labels that are not keys become background.
  private func relabeled(_ numbers: [UInt32: UInt32]) -> LabelVolume {
    let relabeled = [UInt32](count: voxels.count, pieces: 1 << 16) { range, piece in
      let source = voxels.span.extracting(range)
      // Neighbors mostly have the same label.
      var (last, number) = (UInt32(0), UInt32(0))
      for i in source.indices {
        if source[i] != last {
          last = source[i]
          number = last == 0 ? 0 : numbers[last] ?? 0
        }
        piece[i] = number
      }
    }
    return LabelVolume(relabeled, extent: extent, voxelSize: voxelSize)
  }
}

extension [LabeledObject] {
  /// The labels in the order of the centroids: by z, then y, then x, in voxels; objects with one
  /// centroid by their labels.
  package func labelsByPosition() -> [UInt32] {
    sorted { a, b in
      (a.centroid.z, a.centroid.y, a.centroid.x, a.label)
        < (b.centroid.z, b.centroid.y, b.centroid.x, b.label)
    }.map(\.label)
  }
}
