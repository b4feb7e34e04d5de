import Foundation
import Microscopy
import Morphometry
import Segmentation
import TestSupport
import Testing

private let bbbc050 = packageFolder.deletingLastPathComponent()
  .appending(path: "shared/data/bbbc050").path

/// The real truth, where it is: `../shared/data/bbbc050` beside the package.
@Suite(
  .enabled(
    if: FileManager.default.fileExists(atPath: bbbc050 + "/instances"),
    "BBBC050 is not in ../shared/data/bbbc050"))
struct BBBC050EvaluationTests {
  @Test func truthAgainstItself() throws {
    var comparison = try SegmentationComparison(prediction: bbbc050, truth: bbbc050 + "/instances")
    comparison.voxelSize = VoxelSize(x: 0.8, y: 0.8, z: 1.75)
    comparison.parameters.bootstrap.resamples = 100
    let evaluation = try comparison.evaluate()
    #expect(evaluation.volumes.count == 121)
    #expect(evaluation.overall.sums.truthCount == 1377)
    for metric in EvaluationMetric.all {
      #expect(evaluation.overall[metric] == 1)
      #expect(evaluation.overall.interval(metric) == 1...1)
    }
  }
}
