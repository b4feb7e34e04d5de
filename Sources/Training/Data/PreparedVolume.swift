import Microscopy

/// An image and its target on the network's grid, ready to be sampled.
package struct PreparedVolume: Sendable {
  /// The values of a target.
  package enum Target {
    /// Voxels of neither of the others.
    package static let background: Int8 = 0
    /// What the network is to find.
    package static let foreground: Int8 = 1
    /// Voxels that neither loss nor metrics count.
    package static let ignored: Int8 = -1
  }

  /// The file's name without its extension.
  package let name: String
  /// The scaled intensities `[z, y, x]`.
  package let image: Volume<Float>
  /// The target `[z, y, x]`: the values of `Target`.
  package let target: Volume<Int8>
  /// The number of foreground voxels in each plane.
  package let foregroundPerPlane: [Int]

  /// A pair of equal extents.
  package init(name: String, image: Volume<Float>, target: Volume<Int8>) {
    precondition(image.extent == target.extent, "image and target must have the same extent")
    self.name = name
    self.image = image
    self.target = target
    let plane = target.extent.height * target.extent.width
    let voxels = target.voxels.span
    var counts: [Int] = []
    for z in 0..<target.extent.depth {
      var count = 0
      for i in z * plane..<(z + 1) * plane where voxels[i] == Target.foreground { count += 1 }
      counts.append(count)
    }
    foregroundPerPlane = counts
  }

  /// The extents of both.
  package var extent: Extent { image.extent }
  /// The memory of the voxels.
  package var byteCount: Int { extent.count * 5 + foregroundPerPlane.count * 8 }
  /// The number of foreground voxels.
  package var foregroundCount: Int { foregroundPerPlane.reduce(0, +) }

  /// The index of the `number`th foreground voxel in z, y, x order.
  ///
  /// - Complexity: O(planes + voxels of a plane).
  package func foreground(_ number: Int) -> VoxelIndex {
    precondition((0..<foregroundCount).contains(number), "there is no such foreground voxel")
    var rest = number
    var z = 0
    while rest >= foregroundPerPlane[z] {
      rest -= foregroundPerPlane[z]
      z += 1
    }
    let width = extent.width
    let plane = extent.height * width
    let voxels = target.voxels.span
    for i in 0..<plane where voxels[z * plane + i] == Target.foreground {
      if rest == 0 { return VoxelIndex(z: z, y: i / width, x: i % width) }
      rest -= 1
    }
    preconditionFailure("the counts of foreground voxels do not fit the target")
  }
}
