import Compute
import Foundation
import Microscopy
import Morphometry
import TestSupport
import Testing

/// Empty volumes, means, stages and files of an evaluation.
@Suite struct EvaluationTests {
  private static func volume(
    _ name: String, _ prediction: [UInt32]?, _ truth: [UInt32],
    voxelSize: VoxelSize? = VoxelSize(isotropic: 1)
  ) -> VolumeEvaluation {
    VolumeEvaluation(
      name: name, prediction: prediction.map(LabelImages.row), truth: LabelImages.row(truth),
      voxelSize: voxelSize)
  }

  private static var quick: Evaluation.Parameters {
    var parameters = Evaluation.Parameters()
    parameters.bootstrap.resamples = 40
    parameters.stages = [Stage(fewest: 1, limit: 1), Stage(fewest: 2, limit: nil)]
    return parameters
  }

  @Test func emptyVolumesHaveScores() {
    for (prediction, truth, score) in [
      ([0, 0], [0, 0], 1.0), ([0, 0], [0, 7], 0), ([3, 0], [0, 0], 0), (nil, [0, 7], 0),
      (nil, [0, 0], 1),
    ] as [([UInt32]?, [UInt32], Double)] {
      // Also without a voxel size: nothing can be matched at any scale.
      let volume = Self.volume("a", prediction, truth, voxelSize: nil)
      for metric in EvaluationMetric.all where metric != .volumeRatio {
        #expect(volume[metric] == score, "\(metric)")
      }
      #expect(volume[.volumeRatio] == (truth == [0, 0] ? nil : 0))
      #expect(volume.isMissing == (prediction == nil))
      let all = Evaluation([volume, volume], parameters: Self.quick).overall
      for metric in EvaluationMetric.all where metric != .volumeRatio {
        #expect(all[metric] == score, "\(metric)")
      }
    }
  }

  @Test func noVolumesHaveNoScores() {
    let evaluation = Evaluation([], parameters: Self.quick)
    for metric in EvaluationMetric.all {
      #expect(evaluation.overall[metric] == nil && evaluation.overall.interval(metric) == nil)
    }
    #expect(evaluation.json["iou"] == .null)
    #expect(evaluation.table.rows.isEmpty)
  }

  /// Volume a: one nucleus of 4, found at 3/5. Volume b: three of 2, one found exactly, one missed,
  /// one at 2/3, and one invented. The paper's means weigh volumes, the challenge's weigh nuclei.
  @Test func meansOverVolumesAndNuclei() throws {
    let a = Self.volume("a", [0, 8, 8, 8, 8, 0, 0, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    #expect(a[.seg] == 3.0 / 5)
    let seg: Double = 5.0 / 9
    let b = Self.volume("b", [1, 1, 0, 0, 3, 3, 3, 0, 4, 0], [1, 1, 2, 2, 3, 3, 0, 0, 0, 0])
    #expect(abs(try #require(b[.seg]) - seg) < 1e-15)
    let evaluation = Evaluation([a, b], parameters: Self.quick)
    func expect(
      _ metric: EvaluationMetric, _ value: Double, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let found = try #require(evaluation.overall[metric], sourceLocation: sourceLocation)
      #expect(abs(found - value) < 1e-15, "\(metric) \(found)", sourceLocation: sourceLocation)
    }
    let thirds = 2.0 / 3
    try expect(.seg, (0.6 + seg) / 2)
    try expect(.ctcSEG, (1.6 + thirds) / 4)
    try expect(.mucov, (0.6 + (1 + thirds) / 3) / 2)
    try expect(.iou, 0.55)
    try expect(.ctcDET, 0.725)
    // At 0.6: three matches of four nuclei and four predictions; at 0.7 one.
    try expect(.averagePrecision(tenths: 6), 3.0 / 5)
    try expect(.averagePrecision(tenths: 7), 1.0 / 7)
    try expect(.f1(tenths: 6), 6.0 / 8)
    try expect(.panopticQuality(tenths: 6), (1.6 + thirds) / 4)
    try expect(.volumeRatio, (1 + 1) / 2)
    let deviation = try #require(evaluation.overall.deviation(.seg))
    #expect(abs(deviation - (0.6 - seg) * 0.5.squareRoot()) < 1e-15)
    let interval = try #require(evaluation.overall.interval(.seg))
    #expect(abs(interval.lowerBound - seg) < 1e-15)
    #expect(abs(interval.upperBound - 0.6) < 1e-15)

    #expect(evaluation.stages.map(\.summary.volumeCount) == [1, 1])
    #expect(evaluation.stages[0].summary[.seg] == 0.6)
    #expect(evaluation.stage(of: b) == Stage(fewest: 2, limit: nil))
    #expect(evaluation.stages[0].summary.interval(.seg) == nil)
  }

  @Test func centroidsAreMatchedInMicrometers() {
    let (prediction, truth): ([UInt32], [UInt32]) = ([0, 0, 0, 1], [1, 0, 0, 0])
    let near = Self.volume("a", prediction, truth, voxelSize: VoxelSize(x: 1.6, y: 9, z: 9))
    #expect(near[.detectionF1] == 1 && near.detection?.pairs.map(\.distance) == [3 * 1.6])
    let far = Self.volume("a", prediction, truth, voxelSize: VoxelSize(x: 1.7, y: 1, z: 1))
    #expect(far[.detectionF1] == 0)
    let unknown = Self.volume("a", prediction, truth, voxelSize: nil)
    #expect(unknown[.detectionF1] == nil && unknown[.iou] == 0)
    #expect(Evaluation([near, unknown], parameters: Self.quick).overall[.detectionF1] == nil)
  }

  @Test func jsonAndTable() throws {
    let a = Self.volume("a", [0, 8, 8, 8, 8], [1, 1, 1, 1, 0])
    let b = Self.volume("b", nil, [1, 2, 3, 0, 0])
    let c = Self.volume("c", [0, 0, 0, 0, 1], [0, 0, 0, 0, 0])
    let evaluation = Evaluation(
      [a, b, c], unmatchedPredictions: ["x \"y\".tif"], parameters: Self.quick)
    let text = evaluation.json.fileText
    #expect(
      text
        == Evaluation(
          [a, b, c], unmatchedPredictions: ["x \"y\".tif"], parameters: Self.quick
        ).json.fileText)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    // JSONSerialization may round the last digit.
    let iou = try #require(json["iou"] as? Double)
    #expect(abs(iou - 0.2) < 1e-15 && evaluation.json["iou"] == JSONValue(evaluation.overall[.iou]))
    #expect((json["ap"] as? [String: Double])?["0.5"] == 0.2)
    #expect((json["ap"] as? [String: Double])?.keys.sorted() == (1...9).map { "0.\($0)" })
    #expect(json["ctc_tra"] is NSNull)
    #expect((json["detection"] as? [String: Double])?["radius_um"] == 5)
    #expect(json["missing_predictions"] as? [String] == ["b"])
    #expect(json["unmatched_predictions"] as? [String] == ["x \"y\".tif"])
    let stages = try #require(json["stages"] as? [[String: Any]])
    #expect(stages.map { $0["stage"] as? String } == ["1", "2-"])
    let volumes = try #require(json["volumes"] as? [[String: Any]])
    #expect(volumes.map { $0["name"] as? String } == ["a", "b", "c"])
    #expect(volumes[2]["stage"] is NSNull && volumes[2]["volume_ratio"] is NSNull)
    let intervals = try #require(json["confidence_intervals"] as? [String: Any])
    #expect((intervals["seg"] as? [Double])?.count == 2)
    #expect(((intervals["pq"] as? [String: Any])?["0.9"] as? [Double])?.count == 2)

    let lines = evaluation.table.csv.split(separator: "\n")
    let columns = lines[0].split(separator: ",", omittingEmptySubsequences: false)
    #expect(lines.count == 4 && columns.count == 8 + 8 + 27)
    #expect(
      lines.dropFirst().allSatisfy {
        $0.split(separator: ",", omittingEmptySubsequences: false).count == columns.count
      })
    #expect(lines[2].hasPrefix("b,,2-,True,3,0,3,0,0.0,"))
    #expect(evaluation.text.contains("CTC DET"))
    #expect(!evaluation.text.contains("nan"))
  }

  @Test func stages() {
    #expect(Stage(text: "5-8") == Stage(fewest: 5, limit: 8))
    #expect(Stage(text: "33-") == Stage(fewest: 33, limit: nil))
    #expect(Stage(text: "1") == Stage(fewest: 1, limit: 1))
    for text in ["", "-", "8-5", "a-b", "-3", "1-2-3", "1.5"] { #expect(Stage(text: text) == nil) }
    #expect(
      Stage.standard.map(\.description).joined(separator: ",") == "1-2,3-4,5-8,9-16,17-32,33-")
    for count in 1...100 { #expect(Stage.standard.count { $0.contains(count) } == 1) }
    #expect(Stage(fewest: 1, limit: 4).overlaps(Stage(fewest: 4, limit: nil)))
    #expect(!Stage(fewest: 5, limit: nil).overlaps(Stage(fewest: 1, limit: 4)))
  }

  @Test func jsonText() {
    let value = JSONValue.object([
      .init("b", .list([.integer(1), .number(0.5), .null])), .init("a", .text("\"\\\n\u{1}µ")),
      .init("n", .number(.nan)), .init("e", .object([])),
      .init("o", .list([.object([.init("f", .flag(true))])])),
    ])
    #expect(
      value.fileText == """
        {
          "b": [1, 0.5, null],
          "a": "\\"\\\\\\n\\u0001µ",
          "n": null,
          "e": {},
          "o": [
            {
              "f": true
            }
          ]
        }

        """)
    #expect(value["e"] == .object([]) && value["x"] == nil)
  }
}
