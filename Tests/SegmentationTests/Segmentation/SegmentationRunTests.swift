import Foundation
import Microscopy
import Segmentation
import TestSupport
import Testing

/// A run that is asked to stop leaves what is done, complete.
@Suite struct SegmentationRunTests {
  @Test(arguments: [false, true])
  func stoppingBetweenFrames(asHyperstack: Bool) throws {
    let folder = try TestFolder()
    try SyntheticEmbryos.write(
      ["a_t1", "a_t2", "a_t3", "b_t1"], to: folder.path,
      extent: Extent(depth: 9, height: 24, width: 26))
    var parameters = SegmentationParameters.classical
    parameters.minimumVolume = 5
    let segmenter = Segmenter(
      foreground: .classical(ClassicalForeground()), detector: nil, parameters: parameters)
    var options = SegmentationRun.Options()
    options.writesHyperstack = asHyperstack
    let output = folder.path + "/out"
    let run = SegmentationRun(
      segmenter, series: try ImageSeries.open([folder.path + "/images"]), output: output,
      options: options)
    var frames: [String] = []
    let record = try run.run(
      record: RunRecord(command: ["test"], segmenter: segmenter),
      shouldStop: { frames.count == 2 },
      report: { event in
        if case .frame(_, let total, let outcome) = event, total == 4 {
          frames.append(outcome.name)
        }
      })
    #expect(frames == ["a_t1", "a_t2"])
    #expect(record.isInterrupted && record.failures == 0)
    #expect(record.series.map(\.name) == ["a"])
    #expect(record.series.first?.frames.map(\.time) == [1, 2])

    let files = try FileManager.default.contentsOfDirectory(atPath: output + "/labels").sorted()
    #expect(files == (asHyperstack ? ["a.tif"] : ["a_t1.tif", "a_t2.tif"]))
    if asHyperstack {
      #expect(try TIFFStack(opening: output + "/labels/a.tif").info.frames == 2)
    }
    let criteria = try String(contentsOfFile: output + "/a/criteria.csv", encoding: .utf8)
    #expect(criteria.split(separator: "\n").count == 3)
    // The series that the run did not come to leaves nothing.
    #expect(!FileManager.default.fileExists(atPath: output + "/b"))
    let json = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: output + "/run.json")))
    #expect((json as? [String: Any])?["is_interrupted"] as? Bool == true)
  }
}
