import Compute

extension Volume<Float> {
  /// Otsu's threshold: the center of the histogram bin after which foreground and background differ
  /// most (largest variance between the classes), `skimage.filters.threshold_otsu(image, nbins)`.
  ///
  /// Foreground is what lies *above* the threshold. `bins` equal bins cover the range of the finite
  /// voxels; others are left out. A volume of one value gives that value, one without finite voxels
  /// 0. N. Otsu, IEEE Trans. Syst. Man Cybern. 9, 62–66 (1979). Linear time.
  public func otsuThreshold(bins: Int = 256) -> Float {
    precondition(bins > 0, "a histogram needs at least one bin")
    var (low, high) = (Float.infinity, -Float.infinity)
    for voxel in voxels where voxel.isFinite {
      low = Swift.min(low, voxel)
      high = Swift.max(high, voxel)
    }
    guard low < high else { return low.isFinite ? low : 0 }
    let counts = histogram(low: Double(low), high: Double(high), bins: bins)
    let width = (Double(high) - Double(low)) / Double(bins)
    let centers = (0..<bins).map { Double(low) + (Double($0) + 0.5) * width }

    // Voxels and intensity up to and including each bin.
    let total = counts.reduce(0, +)
    let mass = zip(counts, centers).reduce(0) { $0 + $1.0 * $1.1 }
    var (below, massBelow) = (0.0, 0.0)
    var best = (variance: -1.0, bin: 0)
    for bin in 0..<bins - 1 {
      below += counts[bin]
      massBelow += counts[bin] * centers[bin]
      let difference = massBelow / below - (mass - massBelow) / (total - below)
      let variance = below * (total - below) * difference * difference
      if variance > best.variance { best = (variance, bin) }
    }
    return Float(centers[best.bin])
  }

  /// The number of voxels in each of `bins` equal bins over `low...high`; the last bin is closed.
  private func histogram(low: Double, high: Double, bins: Int) -> [Double] {
    let size = 1 << 18
    let scale = Double(bins) / (high - low)
    let parts = Parallel.map(voxels.count.parts(of: size)) { job in
      var counts = [Double](repeating: 0, count: bins)
      let span = voxels.span
      for i in job * size..<Swift.min(voxels.count, (job + 1) * size) where span[i].isFinite {
        counts[Swift.min(Int(clamped: (Double(span[i]) - low) * scale), bins - 1)] += 1
      }
      return counts
    }
    return parts.reduce([Double](repeating: 0, count: bins)) { zip($0, $1).map(+) }
  }
}
