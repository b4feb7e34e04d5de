import Compute

extension Int {
  /// This many floats rounded up to an odd number of cache lines, each of which is also a widest
  /// vector: rows so far apart do not share cache sets.
  var roundedUpToOddCacheLines: Int { (parts(of: 16) | 1) * 16 }
}
