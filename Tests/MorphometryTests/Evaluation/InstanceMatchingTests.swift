import Compute
import Foundation
import Microscopy
import Morphometry
import TestSupport
import Testing

/// Matched instances against StarDist's `matching` (`Fixtures/instance-matching/make.py`).
@Suite struct InstanceMatchingTests {
  static let cases =
    (0..<8).map { "random\($0)" } + (0..<3).map { "crowded\($0)" }
    + ["exact", "equal", "missed", "invented"]

  /// StarDist adds up Jaccard indices of float32: at most 25 terms, each off by half an ulp.
  private let tolerance = 25 * Tolerance.ulp

  @Test(arguments: cases) func equalsStarDist(name: String) throws {
    let file = try Fixture.load("instance-matching/instance-matching", bundle: .module)
    let overlap = LabelOverlap(
      prediction: try LabelImages.load(file, "\(name).prediction")[0],
      truth: try LabelImages.load(file, "\(name).truth")[0])
    let counts = try file.integers("\(name).counts").map { Int($0) }
    let scores = try file.doubles("\(name).scores")
    for (row, threshold) in InstanceMatching.thresholds.enumerated() {
      let matching = InstanceMatching(overlap, threshold: threshold)
      #expect(
        [matching.truePositives, matching.falsePositives, matching.falseNegatives]
          == Array(counts[3 * row..<3 * row + 3]), "at \(threshold)")
      #expect(
        [matching.precision, matching.recall, matching.averagePrecision, matching.f1]
          == Array(scores[5 * row..<5 * row + 4]), "at \(threshold)")
      #expect(abs(matching.panopticQuality - scores[5 * row + 4]) < tolerance, "at \(threshold)")
    }
  }

  /// Pooled over volumes as `matching_dataset(by_image=False)`.
  @Test func pooledScoresEqualStarDist() throws {
    let file = try Fixture.load("instance-matching/instance-matching", bundle: .module)
    let volumes = try Self.cases.map { name in
      VolumeEvaluation(
        name: name, prediction: try LabelImages.load(file, "\(name).prediction")[0],
        truth: try LabelImages.load(file, "\(name).truth")[0], voxelSize: nil)
    }
    var parameters = Evaluation.Parameters()
    parameters.bootstrap.resamples = 0
    let overall = Evaluation(volumes, parameters: parameters).overall
    let scores = try file.doubles("all.scores")
    for tenths in EvaluationMetric.tenths {
      let expected = Array(scores[5 * (tenths - 1)..<5 * tenths])
      #expect(overall[.averagePrecision(tenths: tenths)] == expected[2])
      #expect(overall[.f1(tenths: tenths)] == expected[3])
      let quality = try #require(overall[.panopticQuality(tenths: tenths)])
      #expect(abs(quality - expected[4]) < tolerance)
    }
  }

  /// The groups change nothing: one assignment over all objects gives the same.
  @Test(arguments: 0..<20) func equalsOneAssignmentOverAll(seed: Int) {
    var generator = SeededGenerator(seed: 31, stream: UInt64(seed))
    let extent = Extent(depth: 4, height: 14, width: 15)
    let overlap = LabelOverlap(
      prediction: LabelImages.random(extent, count: 14, using: &generator),
      truth: LabelImages.random(extent, count: 12, using: &generator))
    let (rows, columns) = (overlap.truth.count, overlap.prediction.count)
    var scores = [Double](repeating: 0, count: rows * columns)
    for pair in overlap.pairs {
      scores[pair.truth * columns + pair.prediction] = overlap.jaccard(pair)
    }
    for threshold in InstanceMatching.thresholds {
      let most = Double(2 * min(rows, columns))
      let assigned = LinearAssignment.solve(
        scores.map { -($0 >= threshold ? 1 : 0) - $0 / most }, rows: rows, columns: columns)
      let matched = assigned.enumerated().compactMap { row, column in
        column.map { scores[row * columns + $0] }
      }.filter { $0 >= threshold }
      let matching = InstanceMatching(overlap, threshold: threshold)
      #expect(matching.truePositives == matched.count)
      #expect(abs(matching.score - matched.reduce(0, +)) < 1e-12)
    }
  }

  @Test func emptySetsHaveScores() {
    func matching(_ prediction: [UInt32], _ truth: [UInt32]) -> InstanceMatching {
      InstanceMatching(
        LabelOverlap(prediction: LabelImages.row(prediction), truth: LabelImages.row(truth)),
        threshold: 0.5)
    }
    for (prediction, truth, score) in [
      ([0, 0], [0, 0], 1.0), ([0, 0], [0, 7], 0), ([3, 0], [0, 0], 0),
    ] as [([UInt32], [UInt32], Double)] {
      let result = matching(prediction, truth)
      #expect(
        [
          result.precision, result.recall, result.averagePrecision, result.f1,
          result.panopticQuality,
        ] == [Double](repeating: score, count: 5))
    }
  }
}
