import Foundation
import Microscopy
import Morphometry
import Segmentation
import TestSupport
import Testing

/// The real annotations against themselves, if they are at hand (``RealData``).
@Suite(.enabled(if: RealData.hasBBBC050, "\(RealData.withoutBBBC050)"))
struct BBBC050EvaluationTests {
  @Test func truthAgainstItself() throws {
    let folder = RealData.bbbc050
    var comparison = try SegmentationComparison(prediction: folder, truth: folder + "/instances")
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
