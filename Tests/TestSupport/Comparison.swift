import Tensors

/// The largest |a − b| over all elements; infinite where the counts differ or a value is NaN.
public func largestDifference(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Double {
  largestDifference(a.map(Double.init), b.map(Double.init))
}

/// The largest |a − b| over all elements; infinite where the counts differ or a value is NaN.
public func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  var largest = 0.0
  for (x, y) in zip(a, b) where x != y {
    let difference = abs(x - y)
    if difference.isNaN { return .infinity }
    largest = max(largest, difference)
  }
  return largest
}

/// The largest |a − b| over all elements; infinite where the shapes differ or a value is NaN.
public func largestDifference(_ a: Tensor, _ b: Tensor) -> Double {
  a.shape == b.shape ? largestDifference(a.scalars, b.scalars) : .infinity
}

/// The largest |a − b| over all elements; infinite where the counts differ or a value is NaN.
public func largestDifference(_ a: Tensor, _ b: [Double]) -> Double {
  largestDifference(a.scalars.map(Double.init), b)
}
