import Foundation
import Microscopy
import TestSupport
import Testing

@Suite("Time series of volumes")
struct ImageSeriesTests {
  static let size = WrittenSamples.size

  /// A folder with volumes of these names, each of one value.
  private func folder(_ names: [String], size: VoxelSize? = ImageSeriesTests.size) throws
    -> TestFolder
  {
    let folder = try TestFolder()
    for (value, name) in names.enumerated() { try write(name, in: folder, value, size: size) }
    return folder
  }

  private func write(
    _ name: String, in folder: TestFolder, _ value: Int = 0,
    extent: Extent = WrittenSamples.extent, size: VoxelSize? = ImageSeriesTests.size,
    interval: Double? = nil
  ) throws {
    let path = "\(folder.path)/\(name).tif"
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try TIFF.write(
      Volume(repeating: UInt8(value), extent: extent, voxelSize: size), to: path,
      frameInterval: interval)
  }

  @Test("series and frames in natural order, gaps and all")
  func folders() throws {
    let folder = try folder([
      "Emb10_t1", "Emb2_t101", "Emb2_t51", "Emb2_t001", "Emb10_t10", "Emb10_t2", "truth",
    ])
    let series = try ImageSeries.open([folder.path])
    #expect(series.map(\.name) == ["Emb2", "Emb10", "truth"])
    #expect(series.map { $0.frames.map(\.time) } == [[1, 51, 101], [1, 2, 10], [1]])
    #expect(series.map { $0.frames.map(\.stem) }[0] == ["Emb2_t001", "Emb2_t51", "Emb2_t101"])
    #expect(series.map(\.timeStep) == [50, nil, 1])
    #expect(try series[0].frames.map { try $0.read().voxels[0] } == [3, 2, 1])
    for one in series {
      #expect(
        one.voxelSize == Self.size && Set(one.frames.map(\.extent)) == [WrittenSamples.extent])
      #expect(one.frameInterval == nil && one.secondsPerFrame == nil && one.warnings.isEmpty)
      #expect(try one.frames[0].read().voxelSize == Self.size)
    }
    // Single files, given in any order, are the same.
    let paths = ["Emb2_t51", "Emb2_t001"].map { "\(folder.path)/\($0).tif" }
    let some = try ImageSeries.open(paths)
    #expect(some.map { $0.frames.map(\.time) } == [[1, 51]])
  }

  @Test("frame interval from the file or the caller, and over gaps")
  func intervals() throws {
    let folder = try TestFolder()
    for time in [1, 51, 101] { try write("a_t\(time)", in: folder, interval: 300) }
    let own = try ImageSeries.open([folder.path])[0]
    #expect(own.frameInterval == 300 && own.secondsPerFrame == 15_000 && own.warnings.isEmpty)
    var options = ImageSeries.Options()
    options.frameInterval = 600
    let given = try ImageSeries.open([folder.path], options: options)[0]
    #expect(given.frameInterval == 600 && given.secondsPerFrame == 30_000)
    #expect(
      given.warnings
        == ["series 'a': the given frame interval 600.0 s is used instead of the files' 300.0 s"])
    try write("a_t3", in: folder, interval: 200)
    let mixed = try ImageSeries.open([folder.path])[0]
    #expect(mixed.frameInterval == 300 && mixed.secondsPerFrame == nil)
    #expect(
      mixed.warnings == [
        "series 'a': files state frame intervals of 300.0 s and 200.0 s; "
          + "300.0 s is used unless another one is given"
      ])
  }

  @Test(
    "hyperstacks of ImageJ and OME, whatever the order of pages",
    arguments: ["imagej-hyperstack", "imagej-hyperstack-deflate", "ome-tzcyx", "ome-tczyx"])
  func hyperstacks(name: String) throws {
    for channel in 0..<2 {
      var options = ImageSeries.Options()
      options.channel = .index(channel)
      let series = try ImageSeries.open([Fixture.tiff(name)], options: options)
      #expect(series.map(\.name) == [name])
      #expect(series[0].frames.map(\.stem) == ["\(name)_t001", "\(name)_t002"])
      #expect(series[0].frames.map(\.time) == [1, 2])
      #expect(series[0].frames.map(\.frame) == [0, 1])
      #expect(series[0].voxelSize == VoxelSize(x: 0.8, y: 0.8, z: 1.75))
      #expect(series[0].frameInterval == (name == "ome-tczyx" ? nil : 600))
      for (t, frame) in series[0].frames.enumerated() {
        #expect(try frame.read().voxels == Fixture.ramp(t: t, c: channel))
        #expect(try frame.readLabels().voxels == Fixture.ramp(t: t, c: channel).map { UInt32($0) })
      }
    }
  }

  @Test("a hyperstack beside volumes")
  func mixed() throws {
    let folder = try folder(["Emb1_t1", "Emb1_t2"])
    let writer = HyperstackWriter<UInt8>(to: folder.path + "/Emb2.tif", frames: 1001)
    for t in 0..<1001 {
      try writer.append(
        Volume(
          repeating: UInt8(t % 256), extent: Extent(depth: 2, height: 1, width: 1),
          voxelSize: Self.size))
    }
    try writer.finish()
    let series = try ImageSeries.open([folder.path])
    #expect(series.map(\.name) == ["Emb1", "Emb2"])
    #expect(series[1].frames.count == 1001)
    #expect(series[1].frames[9].stem == "Emb2_t0010")
    #expect(try series[1].frames[999].read().voxels == [231, 231])
  }

  @Test("a broken frame fails alone")
  func brokenFrames() throws {
    let folder = try folder(["a_t1", "a_t2", "a_t3", "a_t4"])
    try folder.write("no picture", to: "a_t5.tif")
    try folder.write(to: "a_t6.tif")
    try write("a_t7", in: folder, size: VoxelSize(x: 0.8, y: 0.65, z: 2))
    try write("a_t8", in: folder, size: nil)
    try write("a_t9", in: folder, extent: Extent(depth: 1, height: 5, width: 7))
    try write("a_t10", in: folder, extent: Extent(depth: 2, height: 5, width: 7))
    let series = try ImageSeries.open([folder.path])
    #expect(series.count == 1)
    #expect(series[0].frames.map(\.time) == Array(1...10))
    #expect(
      series[0].warnings == [
        "series 'a': \(folder.path)/a_t9.tif has 1 × 5 × 7 voxels (z, y, x) and 1 more frame also "
          + "differ where the others have 3 × 5 × 7"
      ])
    let problems = [
      5: "expected a TIFF file, found something else (it does not begin as a TIFF); "
        + "convert the image to TIFF",
      6: "expected a TIFF file, found an empty file; convert the image to TIFF",
      7: "has voxels of 0.8 × 0.65 × 2.0 µm (x, y, z) where series 'a' has 0.8 × 0.65 × 1.75 µm "
        + "(x, y, z); correct the file, or give one voxel size for all",
      8: "does not state its voxel size; give it in µm",
      9: "is a single plane; a volume needs several, saved as one stack",
    ]
    for frame in series[0].frames {
      guard let problem = problems[frame.time] else {
        #expect(frame.problem == nil)
        _ = try frame.read()
        continue
      }
      let line = "\(folder.path)/a_t\(frame.time).tif: \(problem)"
      #expect(frame.problem.map { "\($0)" } == line)
      let error = #expect(throws: (any Error).self) { try frame.read() }
      #expect(error.map { "\($0)" } == line)
      #expect(throws: (any Error).self) { try frame.readLabels() }
    }
    // A file that ends early is found when its turn comes.
    let path = folder.path + "/a_t1.tif"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: TIFFError.self) { try series[0].frames[0].read() }
    try bytes.write(to: URL(fileURLWithPath: path))
    _ = try series[0].frames[0].read()
  }

  @Test("the caller's voxel size is for all")
  func callersVoxelSize() throws {
    let folder = try folder(["a_t1", "a_t2"], size: nil)
    try write("a_t3", in: folder)
    var options = ImageSeries.Options()
    options.voxelSize = VoxelSize(x: 1, y: 1, z: 2)
    let series = try ImageSeries.open([folder.path], options: options)[0]
    #expect(series.voxelSize == options.voxelSize)
    for frame in series.frames { #expect(try frame.read().voxelSize == options.voxelSize) }
    #expect(
      series.warnings == [
        "series 'a': the given voxel size 1.0 × 1.0 × 2.0 µm (x, y, z) is used instead of the files' "
          + "0.8 × 0.65 × 1.75 µm (x, y, z)"
      ])
    var indifferent = ImageSeries.Options()
    indifferent.requiresVoxelSize = false
    let sizes = try ImageSeries.open([folder.path], options: indifferent)[0].frames.map {
      try $0.read().voxelSize
    }
    #expect(sizes == [nil, nil, Self.size])
  }
}

extension ImageSeriesTests {
  @Test("folders of specimens are series, and files of the same name belong to their folders")
  func specimens() throws {
    let folder = try folder([
      "all/Emb2/t1", "all/Emb2/t2", "all/Emb10/t1", "all/day/Emb1/a_t1", "all/day/Emb1/a_t2",
      "all/two/x_t1", "all/two/y_t1", "all/01_GT/SEG/t1", "all/.hidden/t1", "other/Emb2/t7",
    ])
    try folder.write(to: "all/out/.morula/lock")
    try FileManager.default.copyItem(
      atPath: folder.path + "/all/Emb2", toPath: folder.path + "/all/out/labels")
    let series = try ImageSeries.open([folder.path + "/all"])
    #expect(series.map(\.name) == ["Emb2", "Emb10", "day/Emb1", "two/x", "two/y"])
    #expect(series.map { $0.frames.map(\.time) } == [[1, 2], [1], [1, 2], [1], [1]])
    #expect(
      series.map { $0.frames[0].stem }
        == ["Emb2/t1", "Emb10/t1", "day/Emb1/a_t1", "two/x_t1", "two/y_t1"])
    // A list of files or folders that share names.
    let list = try ImageSeries.open(
      ["Emb2", "Emb10/t1.tif"].map { folder.path + "/all/" + $0 })
    #expect(list.map(\.name) == ["Emb2", "Emb10"])
    #expect(list.flatMap { $0.frames.map(\.stem) } == ["Emb2/t1", "Emb2/t2", "Emb10/t1"])
    // The folders' own names may be the same too.
    try FileManager.default.copyItem(
      atPath: folder.path + "/all/Emb2/t1.tif", toPath: folder.path + "/other/Emb2/t1.tif")
    let far = try ImageSeries.open(["all/Emb2", "other/Emb2"].map { folder.path + "/" + $0 })
    #expect(far.map(\.name) == ["all/Emb2", "other/Emb2"])
    // Without shared names folders do not count.
    let apart = try ImageSeries.open(["all/Emb2", "all/two"].map { folder.path + "/" + $0 })
    #expect(apart.map(\.name) == ["Emb2", "x", "y"])
    #expect(apart[0].frames.map(\.stem) == ["t1", "t2"])
  }

  @Test("folders of a data set are not specimens")
  func dataSet() throws {
    let folder = try folder(["set/images/t1", "set/nsn/t1"])
    do {
      _ = try ImageSeries.open([folder.path + "/set"])
      Issue.record("images and masks were taken for specimens")
    } catch {
      #expect(
        "\(error)".hasSuffix(
          "set: holds folders of different kinds (images, nsn); name one of them, for example "
            + "\(folder.path)/set/images"))
    }
  }
}
