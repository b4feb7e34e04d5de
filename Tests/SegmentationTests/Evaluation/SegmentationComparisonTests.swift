import Foundation
import Microscopy
import Morphometry
import Segmentation
import TestSupport
import Testing

/// The pairing of files, and the scores that follow.
@Suite struct SegmentationComparisonTests {
  private func comparison(
    _ folder: LabelFolder, _ prediction: String, _ truth: String
  ) throws -> SegmentationComparison {
    var comparison = try SegmentationComparison(
      prediction: folder.path(prediction), truth: folder.path(truth))
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
    let folder = try LabelFolder()
    try folder.write(
      ("truth/E_t2.tif", LabelFolder.frame(1)), ("truth/E_t10.tif", LabelFolder.frame(2)),
      ("truth/E_t1.ome.tif", LabelFolder.frame(0)), ("found/E_t1.tif", LabelFolder.frame(0)),
      ("found/E_t10.tiff", LabelFolder.frame(1)), ("found/other.tif", LabelFolder.frame(1)))
    let evaluation = try comparison(folder, "found", "truth/").evaluate()
    #expect(evaluation.volumes.map(\.name) == ["E_t1", "E_t2", "E_t10"])
    #expect(evaluation.missingPredictions == ["E_t2"])
    #expect(evaluation.unmatchedPredictions == [folder.path("found") + "/other.tif"])
    #expect(evaluation.volumes.map { $0[.iou] } == [1, 0, 5.0 / 6])
    #expect(evaluation.overall.sums.truthCount == 5)
    #expect(evaluation.overall[.detectionF1] == 6.0 / 8)
    #expect(evaluation.tracking == nil)

    // One file of several.
    let single = try comparison(folder, "found/E_t10.tiff", "truth").evaluate()
    #expect(single.volumes.map(\.name) == ["E_t10"])
    #expect(single.missingPredictions.isEmpty)
    // Two files, whatever their names.
    let two = try comparison(folder, "found/other.tif", "truth/E_t2.tif").evaluate()
    #expect(two.volumes.map { $0[.iou] } == [1])
  }

  /// Folders of results, of data sets and of the Cell Tracking Challenge.
  @Test func foldersOfKnownLayouts() throws {
    let folder = try LabelFolder()
    try folder.write(
      ("result/labels/t000.tif", LabelFolder.frame(0)),
      ("result/masks/t000.tif", LabelFolder.frame(2)),
      ("data/instances/t000.tif", LabelFolder.frame(0)),
      ("data/nsn/t000.tif", LabelFolder.frame(1)),
      ("01_GT/SEG/man_seg000.tif", LabelFolder.frame(0)),
      ("01_RES/mask000.tif", LabelFolder.frame(0)),
      ("02_GT/SEG/man_seg0000.tif", LabelFolder.frame(0)),
      ("02_GT/TRA/man_track000.tif", LabelFolder.frame(0)),
      ("03_GT/SEG/man_seg_000_001.tif", LabelFolder.frame(0)))
    for (prediction, truth) in [
      ("result", "data"), ("01_RES", "data/instances"), ("result/labels", "01_GT"),
      ("01_RES", "01_GT/SEG"), ("01_RES", "02_GT/SEG"), ("result", "02_GT/TRA"),
    ] {
      let evaluation = try comparison(folder, prediction, truth).evaluate()
      #expect(evaluation.volumes.map { $0[.seg] } == [1], "\(prediction) \(truth)")
    }
    // A link to a folder stands for the folder.
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: folder.path("result"))
    let linked = try comparison(folder, "link", "data").evaluate()
    #expect(linked.volumes.map { $0[.seg] } == [1])
    #expect(
      failure { _ = try comparison(folder, "01_RES", "02_GT") }.contains(
        "holds SEG/ (masks, for SEG) and TRA/ (markers, for DET and TRA)"))
    #expect(
      failure { _ = try comparison(folder, "01_RES", "03_GT") }.contains(
        "man_seg_000_001.tif: is the ground truth of a single plane"))
  }

  @Test func framesOfStacks() throws {
    let folder = try LabelFolder()
    try folder.write(
      ("frames/t0.tif", LabelFolder.frame(0)), ("frames/t1.tif", LabelFolder.frame(1)),
      ("frames/t2.tif", LabelFolder.frame(2, first: 7)), ("few/a.tif", LabelFolder.frame(0)),
      ("few/b.tif", LabelFolder.frame(0)))
    let itself = try SegmentationComparison(prediction: series, truth: series).evaluate()
    #expect(itself.volumes.map(\.frame) == [0, 1, 2])
    #expect(itself.volumes.map(\.overlap.truth.count) == [1, 2, 2])
    #expect(itself.overall[.detectionF1] == 1)
    for (prediction, truth) in [(series, folder.path("frames")), (folder.path("frames"), series)] {
      let evaluation = try SegmentationComparison(prediction: prediction, truth: truth).evaluate()
      #expect(evaluation.volumes.map(\.name) == ["t0", "t1", "t2"])
      #expect(evaluation.overall[.iou] == 1 && evaluation.overall[.ctcSEG] == 1)
    }
    #expect(
      failure {
        _ = try SegmentationComparison(prediction: series, truth: folder.path("few"))
      }.hasSuffix("has 3 frames, but \(folder.path("few")) has 2 files"))
    #expect(
      failure {
        _ = try SegmentationComparison(prediction: folder.path("frames/t0.tif"), truth: series)
      }.contains("t0.tif: has 1 frame, but"))
  }

  /// Two nuclei, neither with a parent; the prediction links frames 1 and 2 by a division.
  @Test func tracksBesideLabels() throws {
    let folder = try LabelFolder()
    for (path, last) in [("data/instances", UInt32(1)), ("result/labels", 7)] {
      try folder.write(
        ("\(path)/t0.tif", LabelFolder.frame(0)), ("\(path)/t1.tif", LabelFolder.frame(1)),
        ("\(path)/t2.tif", LabelFolder.frame(2, first: last)))
    }
    try folder.root.write("1 0 2 0\n2 1 2 0\n", to: "data/res_track.txt")
    #expect(try comparison(folder, "result", "data").evaluate().tracking == nil)
    try folder.root.write("1 0 1 0\n2 1 1 0\n7 2 2 1\n8 2 2 2\n", to: "result/res_track.txt")
    for truth in ["data", "data/instances"] {
      let tracking = try #require(try comparison(folder, "result", truth).evaluate().tracking)
      #expect(tracking.truthEdges == 3 && tracking.wrongEdges == 2 && tracking.cost == 2)
      #expect(tracking.tracking == 1 - 2 / 54.5)
    }
    // A result without one of its frames is not valid (`ctc_validate`), so it has no TRA.
    try FileManager.default.removeItem(atPath: folder.path("result/labels/t0.tif"))
    let partial = try comparison(folder, "result", "data").evaluate()
    #expect(partial.tracking == nil && partial.overall.sums.operations.falseNegatives == 1)
    #expect(partial.trackViolations?.count == 1 && partial.notes.count == 1)

    try folder.root.write("1 0 1 0\n2 1 1 0\n", to: "result/res_track.txt")
    let unknown = try comparison(folder, "result", "data").evaluate()
    #expect(unknown.tracking == nil && unknown.overall[.ctcDET] != nil)
    #expect(unknown.trackViolations?.contains("label 7 is in t2.tif, but not a track") == true)
    try folder.root.write("1 0 1 x\n", to: "result/res_track.txt")
    #expect(
      failure { _ = try comparison(folder, "result", "data").evaluate() }.contains(
        "result/res_track.txt, line 1: expected four whole numbers"))
  }

  /// A folder of the Cell Tracking Challenge: label 1 in the given frames, with its track.
  private func challenge(
    _ folder: LabelFolder, _ name: String, _ prefix: String, frames: [Int], with: [Int],
    tracks: String
  ) throws {
    for frame in frames {
      var labels = LabelFolder.frame(0)
      if !with.contains(frame) { labels = labels.map { _ in 0 } }
      try folder.write(("\(name)/\(prefix)00\(frame).tif", labels))
    }
    try folder.root.write(
      tracks, to: "\(name)/" + (prefix == "mask" ? "res_track.txt" : "man_track.txt"))
  }

  /// py-ctcmetrics: Valid 0, as label 1 is missing within its track.
  @Test func resultThatIsNotValid() throws {
    let folder = try LabelFolder()
    let all = [0, 1, 2, 3]
    try challenge(
      folder, "01_GT/TRA", "man_track", frames: all, with: all, tracks: "1 0 3 0\n")
    try challenge(folder, "01_RES", "mask", frames: all, with: [0, 1, 3], tracks: "1 0 3 0\n")
    let evaluation = try comparison(folder, "01_RES", "01_GT/TRA").evaluate()
    #expect(
      evaluation.trackViolations == [
        "label 1 is missing in mask002.tif, within its track from frame 0 to 3"
      ])
    #expect(evaluation.tracking == nil && evaluation.overall[.ctcDET] == 0.75)
    #expect(evaluation.notes[0].contains("(Valid 0), so TRA is not given: label 1 is missing"))
    #expect(evaluation.text.contains("not valid (Valid 0)"))
    try challenge(folder, "01_RES", "mask", frames: all, with: all, tracks: "1 0 3 0\n")
    let valid = try comparison(folder, "01_RES", "01_GT/TRA").evaluate()
    #expect(valid.trackViolations == [] && valid.tracking?.tracking == 1 && valid.notes.isEmpty)
  }

  /// Frames are those that the files' numbers say, also if the ground truth begins later, has gaps
  /// or ends early.
  @Test func truthOfSomeFrames() throws {
    let folder = try LabelFolder()
    let all = [0, 1, 2, 3, 4]
    try challenge(folder, "RES", "mask", frames: all, with: all, tracks: "1 0 4 0\n")
    try challenge(
      folder, "late", "man_track", frames: [2, 3, 4], with: [2, 3, 4], tracks: "1 2 4 0\n")
    let late = try comparison(folder, "RES", "late").evaluate()
    #expect(late.tracking?.tracking == 1 && late.tracking?.truthEdges == 2)
    #expect(late.overall[.ctcDET] == 1 && late.unmatchedPredictions.count == 2)
    #expect(late.notes.count == 1 && late.notes[0].contains("man_track002.tif"))

    try challenge(
      folder, "gap", "man_track", frames: [0, 1, 3, 4], with: all, tracks: "1 0 4 0\n")
    let gap = try comparison(folder, "RES", "gap").evaluate()
    #expect(gap.tracking == nil && gap.overall[.ctcDET] == 1)
    #expect(
      gap.notes == [
        "TRA is not given, as the ground truth has no frame between man_track001.tif and "
          + "man_track003.tif"
      ])

    try challenge(folder, "early", "man_track", frames: [0, 1], with: all, tracks: "1 0 4 0\n")
    #expect(try comparison(folder, "RES", "early").evaluate().tracking?.tracking == 1)
    // Files counted from 1 beside a table that counts from 0.
    try challenge(folder, "one", "man_track", frames: [1, 2, 3], with: all, tracks: "1 0 2 0\n")
    try challenge(folder, "res", "mask", frames: [1, 2, 3], with: all, tracks: "1 0 2 0\n")
    let one = try comparison(folder, "res", "one").evaluate()
    #expect(one.tracking?.tracking == 1 && one.trackViolations == [])
    // Tracks of the truth that contradict its labels leave the other scores.
    try challenge(folder, "odd", "man_track", frames: all, with: [0, 1], tracks: "1 0 4 0\n")
    let odd = try comparison(folder, "RES", "odd").evaluate()
    #expect(odd.tracking == nil && odd.overall[.ctcDET] != nil)
    #expect(odd.notes[0].contains("man_track.txt: track 1 lasts from frame 0 to 4"))
  }

  @Test func namesOfOtherPrograms() throws {
    let folder = try LabelFolder()
    for t in 1...3 {
      try folder.write(
        ("truth/E_t\(t)_labels.tif", LabelFolder.frame(t)),
        ("found/E_t00\(t)_cp_masks.tif", LabelFolder.frame(t)))
    }
    #expect(
      try comparison(folder, "found", "truth").evaluate().volumes.map { $0[.iou] } == [1, 1, 1])
    // Two predictions of one volume.
    try folder.write(
      ("found/E_t4_cp_masks.tif", LabelFolder.frame(1)),
      ("found/E_t4_seg.tif", LabelFolder.frame(1)))
    #expect(failure { _ = try comparison(folder, "found", "truth") }.contains("by its name"))
  }

  @Test func onlyPredictedVolumes() throws {
    let folder = try LabelFolder()
    try folder.write(
      ("truth/a_t1.tif", LabelFolder.frame(1)), ("truth/a_t2.tif", LabelFolder.frame(1)),
      ("found/a_t2.tif", LabelFolder.frame(1)), ("few/m_t1.tif", LabelFolder.frame(0)),
      ("few/m_t3.tif", LabelFolder.frame(2)))
    let all = try comparison(folder, "found", "truth").evaluate()
    #expect(all.overall[.iou] == 0.5 && all.missingPredictions == ["a_t1"])
    let some = try SegmentationComparison(
      prediction: folder.path("found"), truth: folder.path("truth"), onlyPredicted: true)
    #expect(some.pairs.unpredictedTruths == ["a_t1"])
    #expect(try some.evaluate().overall[.iou] == 1)
    // A file of three frames, of which two are predicted.
    #expect(
      failure {
        _ = try SegmentationComparison(prediction: folder.path("few"), truth: series)
      }.contains("has 3 frames, but \(folder.path("few")) has 2 files; compare only"))
    let frames = try SegmentationComparison(
      prediction: folder.path("few"), truth: series, onlyPredicted: true)
    #expect(frames.pairs.unpredictedTruths == ["series, frame 2"])
    #expect(try frames.evaluate().overall[.iou] == 1)
  }

  @Test func voxelSizes() throws {
    let folder = try LabelFolder()
    var bare = LabelFolder.frame(1)
    bare.voxelSize = nil
    try folder.write(("bare/a.tif", bare), ("scaled/a.tif", LabelFolder.frame(1)))
    #expect(try comparison(folder, "bare", "bare").evaluate().overall[.detectionF1] == nil)
    #expect(try comparison(folder, "scaled", "bare").evaluate().overall[.detectionF1] == 1)
    #expect(try comparison(folder, "bare", "scaled").evaluate().overall[.detectionF1] == 1)
    var given = try comparison(folder, "bare", "bare")
    given.voxelSize = LabelFolder.voxelSize
    #expect(try given.evaluate().overall[.detectionF1] == 1)
  }

  @Test func errorsNameTheFiles() throws {
    let folder = try LabelFolder()
    try folder.write(
      ("truth/a.tif", LabelFolder.frame(1)), ("wide/a.tif", LabelFolder.frame(1, width: 10)),
      ("other/b.tif", LabelFolder.frame(1)), ("twice/mask1.tif", LabelFolder.frame(1)),
      ("twice/mask001.tif", LabelFolder.frame(1)))
    try folder.root.write("text", to: "bad/a.tif")
    try folder.root.write("text", to: "none/readme.txt")
    let path = folder.path("truth")
    #expect(
      failure { _ = try comparison(folder, "wide", "truth").evaluate() }
        == "\(folder.path("wide"))/a.tif: has 2 × 8 × 10 voxels (z, y, x), but \(path)/a.tif has "
        + "2 × 8 × 9; compare on one grid")
    #expect(
      failure { _ = try comparison(folder, "other", "truth") }
        == "\(folder.path("other")): has no file with the name or the time number of one in \(path) "
        + "(for example b and a); "
        + "give them equal names")
    #expect(failure { _ = try comparison(folder, "twice", "truth") }.contains("by its name"))
    #expect(failure { _ = try comparison(folder, "none", "truth") }.contains("holds no TIFF"))
    #expect(failure { _ = try comparison(folder, "truth", "absent") }.contains("no such file"))
    #expect(failure { _ = try comparison(folder, "bad", "truth").evaluate() }.contains("bad/a.tif"))
    let channels = Fixture.path("label-series/channels.tif", bundle: .module)
    #expect(
      failure {
        _ = try SegmentationComparison(prediction: channels, truth: channels).evaluate()
      }.hasSuffix("has 2 channels; label images have one"))
  }
}
