extension UNetConfiguration {
  /// How far beyond a block of outputs whose ends are multiples of ``multiple`` the inputs lie that
  /// it depends on, along every axis; rounded up to ``multiple``.
  ///
  /// Each level has four convolutions (two at the lowest) that look (kernel − 1) / 2 voxels of 2^level
  /// input voxels; pooling and upsampling, which see aligned blocks, add less than one voxel of the
  /// lowest level.
  public var reach: Int {
    let radius = (kernel - 1) / 2
    var total = 0
    for level in 0..<levels { total += (level == levels - 1 ? 2 : 4) * radius << level }
    total += multiple - 1
    return (total + multiple - 1) / multiple * multiple
  }
}
