import Microscopy

/// The raw image under an object, in the image's own units (counts).
///
/// NaN in the image gives NaN here.
public struct IntensityStatistics: Hashable, Sendable {
  /// The mean.
  public let mean: Double
  /// The standard deviation over the object's voxels (divided by their number, as NumPy's `std`).
  public let standardDeviation: Double
  /// The smallest value.
  public let minimum: Double
  /// The largest value.
  public let maximum: Double
  /// The sum.
  public let sum: Double

  /// Over the voxels of some runs, of which there is at least one. Two passes, in scan order.
  init(_ runs: ArraySlice<LabelRun>, of image: Volume<Float>) {
    let voxels = image.voxels.span
    func forEach(_ body: (Double) -> Void) {
      for run in runs {
        let row = (Int(run.z) * image.extent.height + Int(run.y)) * image.extent.width
        for x in Int(run.first)..<Int(run.end) { body(Double(voxels[row + x])) }
      }
    }
    var (sum, low, high, count) = (0.0, Double.infinity, -Double.infinity, 0)
    forEach { value in
      sum += value
      low = Swift.min(low, value)
      high = Swift.max(high, value)
      count += 1
    }
    let mean = sum / Double(count)
    var squares = 0.0
    forEach { squares += ($0 - mean) * ($0 - mean) }
    self.sum = sum
    self.mean = mean
    standardDeviation = (squares / Double(count)).squareRoot()
    let hasNumbersOnly = !sum.isNaN
    minimum = hasNumbersOnly ? low : .nan
    maximum = hasNumbersOnly ? high : .nan
  }
}
