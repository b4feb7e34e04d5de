import Compute

extension Volume<Float> {
  /// The percentiles (each in 0…100) of the intensities, interpolated linearly between order
  /// statistics as NumPy does by default; 0 for a volume without voxels.
  ///
  /// All intensities must be finite. Linear time: a histogram of the upper 16 bits finds the bin of
  /// each order statistic, and only that bin is sorted.
  public func percentiles(_ percents: [Double]) -> [Double] {
    guard let last = voxels.indices.last else { return percents.map { _ in 0 } }
    var histogram = [Int](repeating: 0, count: 1 << 16)
    for voxel in voxels { histogram[Int(voxel.orderedBits >> 16)] += 1 }
    var bins: [Int: [Float]] = [:]

    func orderStatistic(_ rank: Int) -> Double {
      var bin = 0
      var below = 0
      while below + histogram[bin] <= rank {
        below += histogram[bin]
        bin += 1
      }
      let sorted =
        bins[bin] ?? voxels.filter { Int($0.orderedBits >> 16) == bin }.sorted()
      bins[bin] = sorted
      return Double(sorted[rank - below])
    }

    return percents.map { percent in
      precondition((0...100).contains(percent), "a percentile lies in 0…100, not at \(percent)")
      let position = percent / 100 * Double(last)
      let rank = min(last, Int(clamped: position))
      let low = orderStatistic(rank)
      let fraction = position - Double(rank)
      guard fraction > 0 else { return low }
      return low + (orderStatistic(rank + 1) - low) * fraction
    }
  }
}
