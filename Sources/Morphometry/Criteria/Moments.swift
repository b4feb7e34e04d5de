/// Sum, mean and standard deviation of a quantity over the nuclei of a frame.
public struct Moments: Hashable, Sendable {
  /// The number of values.
  public let count: Int
  /// The sum, 0 without values.
  public let sum: Double
  /// The mean, nil without values.
  public let mean: Double?
  /// The standard deviation of these values (divided by their number, as NumPy's `std`), nil
  /// without values.
  public let standardDeviation: Double?

  /// Over some values, in their order.
  public init(_ values: [Double]) {
    count = values.count
    let sum = values.reduce(0, +)
    self.sum = sum
    guard !values.isEmpty else {
      mean = nil
      standardDeviation = nil
      return
    }
    let mean = sum / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    standardDeviation = (squares / Double(values.count)).squareRoot()
  }
}
