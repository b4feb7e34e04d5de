extension UNetConfiguration {
  /// How far beyond a block of outputs whose ends are multiples of ``multiple`` the inputs lie that
  /// it depends on, along every axis; rounded up to ``multiple``.
  ///
  /// Followed from the first output of such a block to the first input it depends on: down the
  /// decoder, where a voxel is made from the lower level's voxel that covers it, and up the
  /// encoder. The two convolutions of a block look (kernel − 1) / 2 voxels each.
  public var reach: Int {
    let radius = kernel - 1
    var first = 0
    for _ in 1..<levels { first = (first - radius) >> 1 }
    first -= radius
    for _ in 1..<levels { first = 2 * first - radius }
    return (multiple - 1 - first) / multiple * multiple
  }
}
