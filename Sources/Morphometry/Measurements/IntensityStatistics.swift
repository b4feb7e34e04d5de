import Compute
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
}

/// Adds up the raw image under all objects, slab by slab: first ``addValues(of:from:)`` with all
/// planes in order, then ``addSquares(of:from:)`` with all of them again. Every sum is in scan order
/// of its object.
struct IntensitySums {
  private struct Sums {
    var count = 0
    var sum = 0.0
    var low = Double.infinity
    var high = -Double.infinity
    var squares = 0.0

    var mean: Double { sum / Double(count) }
  }

  private let runs: LabeledRuns
  private var objects: [Sums]

  /// Nothing added yet.
  init(_ runs: LabeledRuns) {
    self.runs = runs
    objects = runs.labels.map { _ in Sums() }
  }

  /// Adds the planes of an image that begin with plane `first`.
  mutating func addValues(of image: Volume<Float>, from first: Int) {
    update(image, from: first) { sums, value in
      sums.sum += value
      sums.low = min(sums.low, value)
      sums.high = max(sums.high, value)
      sums.count += 1
    }
  }

  /// Adds the squared distances from the means.
  mutating func addSquares(of image: Volume<Float>, from first: Int) {
    update(image, from: first) { sums, value in
      sums.squares += (value - sums.mean) * (value - sums.mean)
    }
  }

  private mutating func update(
    _ image: Volume<Float>, from first: Int, _ add: @Sendable (inout Sums, Double) -> Void
  ) {
    let (runs, objects) = (runs, objects)
    let planes = first..<first + image.extent.depth
    self.objects = Parallel.map(objects.count) { index in
      var sums = objects[index]
      let voxels = image.voxels.span
      for run in runs.runs(ofObject: index, in: planes) {
        let row = ((Int(run.z) - first) * image.extent.height + Int(run.y)) * image.extent.width
        for x in Int(run.first)..<Int(run.end) { add(&sums, Double(voxels[row + x])) }
      }
      return sums
    }
  }

  /// The statistics of every object.
  var statistics: [IntensityStatistics] {
    objects.map { sums in
      let hasNumbersOnly = !sums.sum.isNaN
      return IntensityStatistics(
        mean: sums.mean,
        standardDeviation: (sums.squares / Double(sums.count)).squareRoot(),
        minimum: hasNumbersOnly ? sums.low : .nan, maximum: hasNumbersOnly ? sums.high : .nan,
        sum: sums.sum)
    }
  }
}
