import Compute
import Microscopy
import Morphometry
import Segmentation
import TestSupport
import Testing

@Suite struct StressTestTests {
  static func series(_ folder: String) throws -> [ImageSeries] {
    try ImageSeries.open([folder], options: ImageSeries.Options())
  }

  @Test func rowsAreWhatSegmentAndEvaluateGive() throws {
    let folder = try TestFolder()
    let names = ["Emb01_t001", "Emb01_t002"]
    try SyntheticEmbryos.write(
      names, to: folder.path, voxelSize: SyntheticEmbryos.voxelSize)
    let segmenter = Segmenter(
      foreground: .classical(ClassicalForeground()), detector: nil, parameters: .classical)
    let images = try Self.series(folder.path + "/images")
    var test = try StressTest(
      segmenter, images: images, truth: Self.series(folder.path + "/nsn"))
    test.degradations = [.none, .gain(5), .crop(0.5)]
    test.parameters.bootstrap.resamples = 0
    var seen: [String] = []
    let rows = try test.run { done, degradation, name in
      seen.append("\(done) \(degradation) \(name)")
    }
    #expect(seen.count == 6 && test.total == 6)
    #expect(seen[0] == "1 as it is Emb01_t001" && seen[5] == "6 middle 0.5 of each edge Emb01_t002")
    // The first row, step by step.
    var workspace = Workspace()
    let volumes = try images.flatMap(\.frames).map { frame in
      let image = try frame.read()
      let truth = try TIFFStack(opening: "\(folder.path)/nsn/\(frame.stem).tif").readLabels()
      let result = try segmenter.segment(image, name: frame.path, workspace: &workspace)
      return VolumeEvaluation(
        name: frame.stem, prediction: result.instances.labels, truth: truth,
        voxelSize: image.voxelSize)
    }
    let expected = Evaluation(volumes, parameters: test.parameters)
    for metric in [EvaluationMetric.iou, .seg, .mucov, .volumeRatio, .detectionF1] {
      #expect(rows[0][metric] == expected.overall[metric])
      // Gain does not change a threshold between two levels, except for rounding.
      #expect(abs((rows[1][metric] ?? 0) - (rows[0][metric] ?? 1)) < 0.05)
    }
    #expect(rows.table.rows.count == 3 && rows.text.split(separator: "\n").count == 4)
  }

  @Test func everyImageNeedsItsTruth() throws {
    let folder = try TestFolder()
    try SyntheticEmbryos.write(
      ["a_t1", "a_t2"], to: folder.path, voxelSize: SyntheticEmbryos.voxelSize)
    let segmenter = Segmenter(
      foreground: .classical(ClassicalForeground()), detector: nil, parameters: .classical)
    #expect(throws: InputError.self) {
      try StressTest(
        segmenter, images: Self.series(folder.path + "/images"),
        truth: Self.series(folder.path + "/nsn/a_t1.tif"))
    }
  }
}
