import Foundation

extension Volume<Float> {
  /// Li's threshold of minimum cross entropy, `skimage.filters.threshold_li(image)` of a float
  /// image.
  ///
  /// Foreground is what lies *above* the threshold. The iteration starts at the mean and ends when
  /// the threshold moves by no more than half the smallest difference between two intensities.
  /// Voxels that are not finite are left out; a volume of one value gives that value, one without
  /// finite voxels 0. C. H. Li and P. K. S. Tam, Pattern Recognit. Lett. 18, 771–776 (1998).
  /// Intensities are sorted once, so that every step costs a binary search.
  public func liThreshold() -> Float {
    let levels = IntensityLevels(voxels)
    guard let low = levels.values.first else { return 0 }
    guard levels.values.count > 1 else { return Float(low) }
    // Intensities count from the lowest one, as the logarithm needs.
    var next = levels.excess(0..<levels.values.count) / Double(levels.counts.last ?? 0)
    var current = -Double.infinity
    let tolerance = levels.smallestStep / 2
    while abs(next - current) > tolerance {
      current = next
      let below = levels.count(upTo: current)
      // The background has no logarithm when only the lowest intensity is left of it.
      guard below > 1, below < levels.values.count else { break }
      let background = levels.mean(0..<below)
      let foreground = levels.mean(below..<levels.values.count)
      next = (background - foreground) / (log(background) - log(foreground))
    }
    return Float(next + low)
  }
}

/// The finite intensities of a volume: what values there are, how often, and their running sums.
private struct IntensityLevels {
  /// The values, ascending.
  private(set) var values: [Double] = []
  /// The number of voxels up to and including each value.
  private(set) var counts: [Int] = []
  /// The sum of the intensities above the lowest, up to and including each value.
  private var sums: [Double] = []
  private(set) var smallestStep = Double.infinity

  init(_ voxels: [Float]) {
    var keys: [UInt32] = []
    keys.reserveCapacity(voxels.count)
    for voxel in voxels where voxel.isFinite { keys.append(voxel.orderedBits) }
    keys.radixSort()
    var i = 0
    var sum = 0.0
    while i < keys.count {
      let key = keys[i]
      let first = i
      while i < keys.count, keys[i] == key { i += 1 }
      let value = Double(Float(orderedBits: key))
      if let last = values.last { smallestStep = min(smallestStep, value - last) }
      values.append(value)
      sum += Double(i - first) * (value - values[0])
      counts.append(i)
      sums.append(sum)
    }
  }

  /// How many of the values lie at most `excess` above the lowest.
  func count(upTo excess: Double) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if values[middle] - values[0] <= excess { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The sum of what the voxels with these values have above the lowest.
  func excess(_ range: Range<Int>) -> Double {
    sums[range.upperBound - 1] - (range.lowerBound > 0 ? sums[range.lowerBound - 1] : 0)
  }

  /// The mean of the same.
  func mean(_ range: Range<Int>) -> Double {
    let before = range.lowerBound > 0 ? counts[range.lowerBound - 1] : 0
    return excess(range) / Double(counts[range.upperBound - 1] - before)
  }
}
