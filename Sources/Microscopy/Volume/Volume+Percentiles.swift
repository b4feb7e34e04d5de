extension Volume<Float> {
  /// The percentiles (each in 0…100) of the intensities, interpolated linearly between order
  /// statistics as NumPy does by default; 0 for a volume without voxels.
  ///
  /// All intensities must be finite. Linear time: a histogram of the upper 16 bits finds the bin of
  /// each order statistic, and one of the lower 16 bits its value.
  public func percentiles(_ percents: [Double]) -> [Double] {
    OrderStatistics.percentiles(percents, of: extent.count) { count in count(voxels) }
  }
}

extension PlaneSource<Float> {
  /// The percentiles of the intensities of all planes, as ``Volume/percentiles(_:)``; reads them
  /// twice, slabs of `slab` planes at a time.
  func percentiles(_ percents: [Double], slab: Int) throws -> [Double] {
    try OrderStatistics.percentiles(percents, of: extent.count) { count in
      try forEachSlab(of: slab) { count($1.voxels) }
    }
  }
}
