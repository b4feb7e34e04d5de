import Foundation
import Morphometry
import Networks
import TestSupport
import Testing

/// SEG, DET and TRA against py-ctcmetrics (`Fixtures/ctc-measures/make.py`).
@Suite struct CTCMeasureTests {
  static func tracks(_ file: SafeTensors, _ name: String) throws -> TrackTable {
    let numbers = try file.integers(name)
    var tracks: [Track] = []
    for line in stride(from: 0, to: numbers.count, by: 4) {
      let parent = UInt32(numbers[line + 3])
      tracks.append(
        Track(
          label: UInt32(numbers[line]), firstFrame: Int(numbers[line + 1]),
          lastFrame: Int(numbers[line + 2]), parent: parent == 0 ? nil : parent))
    }
    return try TrackTable(tracks)
  }

  @Test(arguments: [
    "equal", "moved", "misses", "extra", "merged", "split", "swapped", "missed_division",
    "false_division", "wrong_mother", "continued", "broken", "nearly_nothing", "random0",
    "random1", "random2", "random3", "random4", "random5",
  ])
  func equalPyCTCMetrics(name: String) throws {
    let file = try Fixture.load("ctc-measures/ctc-measures", bundle: .module)
    let truth = try LabelImages.load(file, "\(name).truth")
    let prediction = try LabelImages.load(file, "\(name).prediction")
    let trueTracks = try Self.tracks(file, "\(name).truth_tracks")
    let tracks = try Self.tracks(file, "\(name).tracks")
    let overlaps = zip(prediction, truth).map { LabelOverlap(prediction: $0, truth: $1) }
    try trueTracks.check(labels: overlaps.map { $0.truth.map(\.label) })
    try tracks.check(labels: overlaps.map { $0.prediction.map(\.label) })

    let graph = GraphOperations(frames: overlaps, prediction: tracks, truth: trueTracks)
    let operations = try file.integers("\(name).operations").map { Int($0) }
    #expect(
      [
        graph.splits, graph.falseNegatives, graph.falsePositives, graph.redundantEdges,
        graph.missingEdges, graph.wrongEdges,
      ] == operations)
    let measures = try file.doubles("\(name).measures")
    #expect(graph.cost == measures[3])
    #expect(10 * Double(graph.truthVertices) + 1.5 * Double(graph.truthEdges) == measures[4])
    #expect(abs(graph.tracking - measures[2]) < 1e-12)

    // All frames as the volumes of an evaluation.
    let volumes = zip(prediction, truth).enumerated().map { frame, pair in
      VolumeEvaluation(
        name: name, frame: frame, prediction: pair.0, truth: pair.1, voxelSize: nil)
    }
    var parameters = Evaluation.Parameters()
    parameters.bootstrap.resamples = 0
    let evaluation = Evaluation(volumes, tracking: graph, parameters: parameters)
    // At most 27 Jaccard indices are added, each rounded.
    #expect(abs(try #require(evaluation.overall[.ctcSEG]) - measures[0]) < 1e-12)
    #expect(abs(try #require(evaluation.overall[.ctcDET]) - measures[1]) < 1e-12)
    #expect(evaluation.json["ctc_tra"] == .number(graph.tracking))
  }

  @Test func emptyGraphs() {
    var nothing = GraphOperations.zero
    #expect([nothing.detection, nothing.tracking] == [1, 1])
    nothing.falsePositives = 1
    #expect([nothing.detection, nothing.tracking] == [0, 0])
    var poor = GraphOperations.zero
    (poor.truthVertices, poor.falseNegatives, poor.falsePositives) = (2, 1, 50)
    #expect(poor.detection == 0)
  }

  /// Tracks and labels that contradict each other are named.
  @Test(arguments: [
    ("1 0 1 0\n2 0 1 0", "label 3, found in frame 1 (from 0), has no track"),
    (
      "1 0 1 0\n2 0 0 0\n3 1 1 0",
      "track 2 lasts from frame 0 to 0, but its label is found in frame 1 (from 0)"
    ),
    ("1 0 1 0\n2 0 1 0\n3 1 2 0", "track 3 ends in frame 2, but there are 2 frames"),
    (
      "1 0 1 0\n2 0 1 0\n3 0 1 0",
      "track 3 lasts from frame 0 to 1, but its label is not in frame 0 (from 0)"
    ),
  ])
  func tracksFitLabels(text: String, words: String) throws {
    let table = try TrackTable(text: text)
    let error = #expect(throws: TrackTableError.self) {
      try table.check(labels: [[1, 2], [1, 2, 3]], path: "r.txt")
    }
    #expect(error?.description.hasPrefix("r.txt: \(words)") == true, "\(error?.description ?? "")")
  }

  @Test func absentFramesAreNotChecked() throws {
    try TrackTable(text: "1 0 2 0").check(labels: [nil, [1], nil])
    try TrackTable(text: "").check(labels: [[], nil])
  }
}
