import Foundation

extension Volume<Float> {
  /// Li's threshold of minimum cross entropy, `skimage.filters.threshold_li(image)` of a float image.
  ///
  /// Foreground is what lies *above* the threshold. The iteration starts at the mean and ends when
  /// the threshold moves by no more than half the smallest difference between two intensities.
  /// Voxels that are not finite are left out; a volume of one value gives that value, one without
  /// finite voxels 0. C. H. Li and P. K. S. Tam, Pattern Recognit. Lett. 18, 771–776 (1998).
  /// Intensities are sorted once, so that every step costs a binary search.
  public func liThreshold() -> Float {
    let sorted = voxels.filter { $0.isFinite }.radixSorted()
    guard let low = sorted.first, let high = sorted.last else { return 0 }
    guard low < high else { return low }
    // Intensities above the lowest one, their running sums, and the smallest step between two.
    var sums = [0.0]
    sums.reserveCapacity(sorted.count + 1)
    var tolerance = Double.infinity
    var (sum, previous) = (0.0, 0.0)
    for voxel in sorted {
      let value = Double(voxel) - Double(low)
      if value > previous {
        tolerance = Swift.min(tolerance, (value - previous) / 2)
        previous = value
      }
      sum += value
      sums.append(sum)
    }
    var next = sum / Double(sorted.count)
    var current = -Double.infinity
    while abs(next - current) > tolerance {
      current = next
      let below = sorted.count(whileSorted: { Double($0) - Double(low) <= current })
      let background = sums[below] / Double(below)
      // The background has no logarithm when only the lowest intensity is left of it.
      guard background > 0, below < sorted.count else { break }
      let foreground = (sum - sums[below]) / Double(sorted.count - below)
      next = (background - foreground) / (log(background) - log(foreground))
    }
    return Float(next + Double(low))
  }
}

extension [Float] {
  /// The number of leading elements that satisfy a condition which later ones do not.
  fileprivate func count(whileSorted condition: (Float) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
