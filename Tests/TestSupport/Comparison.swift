import Tensors

/// The largest |a − b| over all elements; infinite where the counts differ or a value is NaN.
public func largestDifference(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Double {
  guard a.count == b.count else { return .infinity }
  var largest = 0.0
  for (x, y) in zip(a, b) {
    let difference = abs(Double(x) - Double(y))
    if difference.isNaN { return .infinity }
    largest = max(largest, difference)
  }
  return largest
}
