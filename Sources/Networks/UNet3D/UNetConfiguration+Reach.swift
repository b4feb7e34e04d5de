extension UNetConfiguration {
  /// How far, in input voxels, an output voxel looks along every axis, rounded up to ``multiple``.
  ///
  /// Each level has four convolutions (two at the lowest) that look (kernel − 1) / 2 voxels of 2^level
  /// input voxels; pooling and upsampling add less than two voxels of the lowest level.
  public var reach: Int {
    let radius = (kernel - 1) / 2
    var total = 0
    for level in 0..<levels { total += (level == levels - 1 ? 2 : 4) * radius << level }
    total += 2 << (levels - 1)
    return (total + multiple - 1) / multiple * multiple
  }
}
