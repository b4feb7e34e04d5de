import Compute
import Foundation
import Microscopy
import Segmentation
import TestSupport
import Testing

/// A run that is asked to stop leaves what is done, complete.
@Suite struct SegmentationRunTests {
  private static func run(
    _ names: [String], in folder: TestFolder, asHyperstack: Bool = false, output: String
  ) throws -> SegmentationRun {
    try SyntheticEmbryos.write(
      names, to: folder.path, extent: Extent(depth: 9, height: 24, width: 26))
    var parameters = SegmentationParameters.classical
    parameters.minimumVolume = 5
    let segmenter = Segmenter(
      foreground: .classical(ClassicalForeground()), detector: nil, parameters: parameters)
    var options = SegmentationRun.Options()
    options.writesHyperstack = asHyperstack
    return SegmentationRun(
      segmenter, series: try ImageSeries.open([folder.path + "/images"]), output: output,
      options: options)
  }

  @Test(arguments: [false, true])
  func stoppingBetweenFrames(asHyperstack: Bool) throws {
    let folder = try TestFolder()
    let output = folder.path + "/out"
    let run = try Self.run(
      (1...20).map { "a_t\(100 + $0)" } + ["b_t1"], in: folder, asHyperstack: asHyperstack,
      output: output)
    var frames: [String] = []
    // One frame at a time; a few of these small ones are done before the request is seen.
    let record = try Parallel.$threads.withValue(1) {
      try run.run(
        record: RunRecord(command: ["test"], segmenter: run.segmenter),
        shouldStop: { frames.count >= 2 },
        report: { event in
          if case .frame(let outcome, let progress) = event, progress.total == 21 {
            frames.append(outcome.name)
          }
        })
    }
    #expect(frames.count >= 2 && frames.count < 20)
    #expect(frames == (0..<frames.count).map { "a_t\(101 + $0)" })
    #expect(record.isInterrupted && record.failures == 0)
    #expect(record.series.map(\.name) == ["a"])
    #expect(record.series.first?.frames.map(\.name) == frames)

    let files = try FileManager.default.contentsOfDirectory(atPath: output + "/labels").sorted()
    #expect(files == (asHyperstack ? ["a.tif"] : frames.map { $0 + ".tif" }))
    if asHyperstack {
      #expect(try TIFFStack(opening: output + "/labels/a.tif").info.frames == frames.count)
    }
    let criteria = try String(contentsOfFile: output + "/a/criteria.csv", encoding: .utf8)
    #expect(criteria.split(separator: "\n").count == 1 + frames.count)
    // The series that the run did not come to leaves nothing.
    #expect(!FileManager.default.fileExists(atPath: output + "/b"))
    let json = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: output + "/run.json")))
    #expect((json as? [String: Any])?["is_interrupted"] as? Bool == true)
  }
  @Test("The same bytes, whatever the number of threads and of frames at once")
  func sameBitsForAnyThreadCount() throws {
    let folder = try TestFolder()
    func results(_ threads: Int) throws -> [String: Data] {
      let output = "\(folder.path)/out\(threads)"
      let run = try Self.run(
        (1...7).map { "a_t\($0)" } + ["b_t1", "b_t2"], in: folder, output: output)
      var names: [String] = []
      _ = try Parallel.$threads.withValue(threads) {
        try run.run(
          record: RunRecord(command: ["test"], segmenter: run.segmenter),
          report: { if case .frame(let outcome, _) = $0 { names.append(outcome.name) } })
      }
      #expect(names == (1...7).map { "a_t\($0)" } + ["b_t1", "b_t2"])
      let files = try FileManager.default.subpathsOfDirectory(atPath: output)
        .filter { $0.hasSuffix(".tif") || $0.hasSuffix(".csv") }
      #expect(files.contains(".morula/rows.csv") && files.contains("labels/b_t2.tif"))
      return Dictionary(
        uniqueKeysWithValues: try files.map {
          ($0, try Data(contentsOf: URL(filePath: "\(output)/\($0)")))
        })
    }
    let one = try results(1)
    #expect(try results(2) == one)
    #expect(try results(4) == one)
  }

  /// The frames of the series of ``runs``: so many that a run which is stopped leaves some.
  private static let many = 40

  /// A run over a series, as a function of when it is stopped that returns how many frames are done.
  private func runs(
    _ folder: TestFolder, _ options: SegmentationRun.Options
  ) throws -> (_ frames: Int) throws -> Int {
    try SyntheticEmbryos.write(
      (1...Self.many).map { "a_t\($0)" }, to: folder.path,
      extent: Extent(depth: 9, height: 24, width: 26))
    var parameters = SegmentationParameters.classical
    parameters.minimumVolume = 5
    let segmenter = Segmenter(
      foreground: .classical(ClassicalForeground()), detector: nil, parameters: parameters)
    let run = SegmentationRun(
      segmenter, series: try ImageSeries.open([folder.path + "/images"]),
      output: folder.path + "/out", options: options)
    return { frames in
      var done = 0
      let record = try run.run(
        record: RunRecord(command: ["test"], segmenter: segmenter),
        shouldStop: { done >= frames },
        report: { event in if case .frame = event { done += 1 } })
      return record.series.reduce(0) { $0 + $1.frames.count }
    }
  }

  @Test("An OME-Zarr image of an interrupted run has the frames that are done, and grows")
  func growingZarr() throws {
    let folder = try TestFolder()
    var options = SegmentationRun.Options()
    options.zarr = .v04
    let run = try runs(folder, options)
    let path = folder.path + "/out/labels/a.zarr"
    let some = try run(2)
    // The image ends before the first frame that is missing.
    #expect(try (1...some).contains(ZarrImage(opening: path).frames))
    #expect(some < Self.many)
    #expect(try run(99) == Self.many)
    #expect(try ZarrImage(opening: path).frames == Self.many)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out/labels") == ["a.zarr"]
    )
    // What another program has changed is kept.
    try Data("{}".utf8).write(to: URL(filePath: path + "/.zattrs"))
    _ = try run(99)
    #expect(try ZarrImage(opening: path).frames == Self.many)
    #expect(FileManager.default.fileExists(atPath: path + ".changed/.zattrs"))
  }

  @Test("A hyperstack that lacks frames is made anew, although no frame is new")
  func staleHyperstack() throws {
    let folder = try TestFolder()
    var options = SegmentationRun.Options()
    options.writesHyperstack = true
    let run = try runs(folder, options)
    let files = FileManager.default
    let (labels, marks) = (folder.path + "/out/labels", folder.path + "/out/.morula/derived")
    let some = try run(2)
    for (path, kept) in [(labels, "labels"), (marks, "marks")] {
      try files.copyItem(atPath: path, toPath: folder.path + "/" + kept)
    }
    #expect(try run(99) == Self.many)
    #expect(try TIFF.info(at: labels + "/a.tif").frames == Self.many)
    // As a process leaves it that is killed before it makes the hyperstack.
    for (path, kept) in [(labels, "labels"), (marks, "marks")] {
      try files.removeItem(atPath: path)
      try files.copyItem(atPath: folder.path + "/" + kept, toPath: path)
    }
    #expect(try (1...some).contains(TIFF.info(at: labels + "/a.tif").frames))
    #expect(try run(99) == Self.many)
    #expect(try TIFF.info(at: labels + "/a.tif").frames == Self.many)
    #expect(try files.contentsOfDirectory(atPath: labels) == ["a.tif"])
  }
}
