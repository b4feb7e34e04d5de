import Foundation
import Microscopy
import Morphometry
import Segmentation
import TestSupport
import Testing

/// Which files are compared with which, and what follows.
@Suite struct SegmentationComparisonTests {
  private func comparison(
    _ place: LabelPlace, _ prediction: String, _ truth: String
  ) throws -> SegmentationComparison {
    var comparison = try SegmentationComparison(
      prediction: place.path(prediction), truth: place.path(truth))
    comparison.parameters.bootstrap.resamples = 0
    return comparison
  }

  private func failure(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private let series = Fixture.path("label-series/series.tif", bundle: .module)

  @Test func pairsByName() throws {
    let place = try LabelPlace()
    try place.write(
      ("truth/E_t2.tif", LabelPlace.frame(1)), ("truth/E_t10.tif", LabelPlace.frame(2)),
      ("truth/E_t1.ome.tif", LabelPlace.frame(0)), ("found/E_t1.tif", LabelPlace.frame(0)),
      ("found/E_t10.tiff", LabelPlace.frame(1)), ("found/other.tif", LabelPlace.frame(1)))
    let evaluation = try comparison(place, "found", "truth/").evaluate()
    #expect(evaluation.volumes.map(\.name) == ["E_t1", "E_t2", "E_t10"])
    #expect(evaluation.missingPredictions == ["E_t2"])
    #expect(evaluation.unmatchedPredictions == [place.path("found") + "/other.tif"])
    #expect(evaluation.volumes.map { $0[.iou] } == [1, 0, 5.0 / 6])
    #expect(evaluation.overall.sums.truthCount == 5)
    #expect(evaluation.overall[.detectionF1] == 6.0 / 8)
    #expect(evaluation.tracking == nil)

    // One of many.
    let single = try comparison(place, "found/E_t10.tiff", "truth").evaluate()
    #expect(single.volumes.map(\.name) == ["E_t10"])
    #expect(single.missingPredictions.isEmpty)
    // Two files, whatever their names.
    let two = try comparison(place, "found/other.tif", "truth/E_t2.tif").evaluate()
    #expect(two.volumes.map { $0[.iou] } == [1])
  }

  /// Folders of results, of data sets and of the Cell Tracking Challenge.
  @Test func foldersOfKnownLayouts() throws {
    let place = try LabelPlace()
    try place.write(
      ("result/labels/t000.tif", LabelPlace.frame(0)),
      ("result/masks/t000.tif", LabelPlace.frame(2)),
      ("data/instances/t000.tif", LabelPlace.frame(0)), ("data/nsn/t000.tif", LabelPlace.frame(1)),
      ("01_GT/SEG/man_seg000.tif", LabelPlace.frame(0)),
      ("01_RES/mask000.tif", LabelPlace.frame(0)),
      ("02_GT/SEG/man_seg0000.tif", LabelPlace.frame(0)),
      ("02_GT/TRA/man_track000.tif", LabelPlace.frame(0)),
      ("03_GT/SEG/man_seg_000_001.tif", LabelPlace.frame(0)))
    for (prediction, truth) in [
      ("result", "data"), ("01_RES", "data/instances"), ("result/labels", "01_GT"),
      ("01_RES", "01_GT/SEG"), ("01_RES", "02_GT/SEG"), ("result", "02_GT/TRA"),
    ] {
      let evaluation = try comparison(place, prediction, truth).evaluate()
      #expect(evaluation.volumes.map { $0[.seg] } == [1], "\(prediction) \(truth)")
    }
    #expect(
      failure { _ = try comparison(place, "01_RES", "02_GT") }.contains(
        "holds SEG/ (masks, for SEG) and TRA/ (markers, for DET and TRA)"))
    #expect(
      failure { _ = try comparison(place, "01_RES", "03_GT") }.contains(
        "man_seg_000_001.tif: is the truth of a single plane"))
  }

  @Test func framesOfStacks() throws {
    let place = try LabelPlace()
    try place.write(
      ("frames/t0.tif", LabelPlace.frame(0)), ("frames/t1.tif", LabelPlace.frame(1)),
      ("frames/t2.tif", LabelPlace.frame(2, first: 7)), ("few/a.tif", LabelPlace.frame(0)),
      ("few/b.tif", LabelPlace.frame(0)))
    let itself = try SegmentationComparison(prediction: series, truth: series).evaluate()
    #expect(itself.volumes.map(\.frame) == [0, 1, 2])
    #expect(itself.volumes.map(\.overlap.truth.count) == [1, 2, 2])
    #expect(itself.overall[.detectionF1] == 1)
    for (prediction, truth) in [(series, place.path("frames")), (place.path("frames"), series)] {
      let evaluation = try SegmentationComparison(prediction: prediction, truth: truth).evaluate()
      #expect(evaluation.volumes.map(\.name) == ["t0", "t1", "t2"])
      #expect(evaluation.overall[.iou] == 1 && evaluation.overall[.ctcSEG] == 1)
    }
    #expect(
      failure {
        _ = try SegmentationComparison(prediction: series, truth: place.path("few"))
      }.hasSuffix("has 3 frames, but \(place.path("few")) has 2 files"))
    #expect(
      failure {
        _ = try SegmentationComparison(prediction: place.path("frames/t0.tif"), truth: series)
      }.contains("t0.tif: has 1 frame, but"))
  }

  /// Two nuclei, the second a daughter of nobody; the prediction links frames 1 and 2 by a division.
  @Test func tracksBesideLabels() throws {
    let place = try LabelPlace()
    for (folder, last) in [("data/instances", UInt32(1)), ("result/labels", 7)] {
      try place.write(
        ("\(folder)/t0.tif", LabelPlace.frame(0)), ("\(folder)/t1.tif", LabelPlace.frame(1)),
        ("\(folder)/t2.tif", LabelPlace.frame(2, first: last)))
    }
    try place.folder.write("1 0 2 0\n2 1 2 0\n", to: "data/res_track.txt")
    #expect(try comparison(place, "result", "data").evaluate().tracking == nil)
    try place.folder.write("1 0 1 0\n2 1 1 0\n7 2 2 1\n8 2 2 2\n", to: "result/res_track.txt")
    for truth in ["data", "data/instances"] {
      let tracking = try #require(try comparison(place, "result", truth).evaluate().tracking)
      #expect(tracking.truthEdges == 3 && tracking.wrongEdges == 2 && tracking.cost == 2)
      #expect(tracking.tracking == 1 - 2 / 54.5)
    }
    // A frame without prediction has no vertices; its edges are missing.
    try FileManager.default.removeItem(atPath: place.path("result/labels/t0.tif"))
    let tracking = try #require(try comparison(place, "result", "data").evaluate().tracking)
    #expect(tracking.falseNegatives == 1 && tracking.missingEdges == 1)

    try place.folder.write("1 0 1 0\n2 1 1 0\n", to: "result/res_track.txt")
    #expect(
      failure { _ = try comparison(place, "result", "data").evaluate() }.hasSuffix(
        "result/res_track.txt: label 7, found in frame 2, has no track"))
  }

  @Test func voxelSizes() throws {
    let place = try LabelPlace()
    var bare = LabelPlace.frame(1)
    bare.voxelSize = nil
    try place.write(("bare/a.tif", bare), ("scaled/a.tif", LabelPlace.frame(1)))
    #expect(try comparison(place, "bare", "bare").evaluate().overall[.detectionF1] == nil)
    #expect(try comparison(place, "scaled", "bare").evaluate().overall[.detectionF1] == 1)
    #expect(try comparison(place, "bare", "scaled").evaluate().overall[.detectionF1] == 1)
    var given = try comparison(place, "bare", "bare")
    given.voxelSize = LabelPlace.voxelSize
    #expect(try given.evaluate().overall[.detectionF1] == 1)
  }

  @Test func errorsNameTheFiles() throws {
    let place = try LabelPlace()
    try place.write(
      ("truth/a.tif", LabelPlace.frame(1)), ("wide/a.tif", LabelPlace.frame(1, width: 10)),
      ("other/b.tif", LabelPlace.frame(1)), ("twice/mask1.tif", LabelPlace.frame(1)),
      ("twice/mask001.tif", LabelPlace.frame(1)))
    try place.folder.write("text", to: "bad/a.tif")
    try place.folder.write("text", to: "none/readme.txt")
    let path = place.path("truth")
    #expect(
      failure { _ = try comparison(place, "wide", "truth").evaluate() }
        == "\(place.path("wide"))/a.tif: has 2 × 8 × 10 voxels (z, y, x), but \(path)/a.tif has "
        + "2 × 8 × 9; compare on one grid")
    #expect(
      failure { _ = try comparison(place, "other", "truth") }
        == "\(place.path("other")): has no file with the name of one in \(path) (b and a, say); "
        + "give them equal names")
    #expect(failure { _ = try comparison(place, "twice", "truth") }.contains("by its name"))
    #expect(failure { _ = try comparison(place, "none", "truth") }.contains("holds no TIFF"))
    #expect(failure { _ = try comparison(place, "truth", "absent") }.contains("no such file"))
    #expect(failure { _ = try comparison(place, "bad", "truth").evaluate() }.contains("bad/a.tif"))
    let channels = Fixture.path("label-series/channels.tif", bundle: .module)
    #expect(
      failure {
        _ = try SegmentationComparison(prediction: channels, truth: channels).evaluate()
      }.hasSuffix("has 2 channels; label images have one"))
  }
}
