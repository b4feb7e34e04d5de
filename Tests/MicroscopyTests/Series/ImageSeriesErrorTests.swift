import Foundation
import Microscopy
import TestSupport
import Testing

@Suite("Inputs that are not series give the reason")
struct ImageSeriesErrorTests {
  private func message(
    _ inputs: [String], _ options: ImageSeries.Options = ImageSeries.Options()
  ) -> String? {
    let error = #expect(throws: InputError.self) {
      try ImageSeries.open(inputs, options: options)
    }
    return error?.description
  }

  private func write(
    _ path: String, depth: Int = 3, size: VoxelSize? = WrittenSamples.size
  ) throws {
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    let extent = Extent(depth: depth, height: 5, width: 7)
    try TIFF.write(Volume<UInt8>(repeating: 0, extent: extent, voxelSize: size), to: path)
  }

  @Test("folders and files")
  func paths() throws {
    let folder = try TestFolder()
    try folder.write(to: "empty/notes.txt")
    for (input, problem) in [
      ("absent", "there is no such file or folder"),
      ("empty", "the folder holds no TIFF (*.tif, *.tiff) and no OME-Zarr (*.zarr)"),
    ] {
      #expect(message(["\(folder.path)/\(input)"]) == "\(folder.path)/\(input): \(problem)")
    }
    // A file that is not a TIFF is a frame that fails, not the end of the run.
    let odd = try ImageSeries.open([folder.path + "/empty/notes.txt"])
    #expect(odd.count == 1 && odd[0].frames[0].problem != nil)
  }

  @Test("names that meet")
  func names() throws {
    let folder = try TestFolder()
    let path = folder.path
    try write(path + "/a/e_t1.tif")
    try write(path + "/b/e_t1.tif")
    #expect(
      message([path + "/a", path + "/a/e_t1.tif"])
        == "\(path)/a/e_t1.tif: would give a result of the same name as \(path)/a/e_t1.tif; "
        + "give them different outputs")
    try write(path + "/b/e_t01.tif")
    #expect(
      message([path + "/b"])
        == "\(path)/b/e_t1.tif: is time 1 of series 'e' as \(path)/b/e_t01.tif is; "
        + "give each time point once")
    try write(path + "/c/t1_e.tif")
    #expect(
      message([path + "/a", path + "/c"])
        == "\(path)/c/t1_e.tif: would be a series 'e' as \(path)/a/e_t1.tif is; "
        + "give them different outputs")
    try FileManager.default.copyItem(
      atPath: Fixture.tiff("imagej-hyperstack"), toPath: path + "/c/h.tif")
    try write(path + "/d/h_t002.tif")
    var options = ImageSeries.Options()
    options.channel = 0
    #expect(
      message([path + "/c/h.tif", path + "/d"], options)
        == "\(path)/d/h_t002.tif: would be a series 'h' as \(path)/c/h.tif is; "
        + "give them different outputs")
    try write(path + "/d/h_t002_t1.tif")
    try FileManager.default.moveItem(atPath: path + "/d/h_t002.tif", toPath: path + "/d/x.tif")
    #expect(try ImageSeries.open([path + "/c/h.tif", path + "/d"], options: options).count == 3)
  }

  @Test("channels")
  func channels() throws {
    let stack = Fixture.tiff("imagej-hyperstack")
    var options = ImageSeries.Options()
    #expect(message([stack]) == "\(stack): has 2 channels; choose one of its channels 1…2")
    options.channel = 2
    #expect(
      message([stack], options) == "\(stack): has no channel 3; choose one of its channels 1…2")
    options.channel = -1
    #expect(message([stack], options) == "channel: 0 is impossible: channels count from 1")

    let folder = try TestFolder()
    for time in 1...3 { try write("\(folder.path)/a_t\(time).tif") }
    options.channel = 1
    #expect(
      message([folder.path], options)
        == "\(folder.path)/a_t1.tif: has a single channel; choose no channel")
    options.channel = 0
    let writer = HyperstackWriter<UInt8>(to: folder.path + "/a_t4.tif", frames: 1, channels: 2)
    let volume = Volume<UInt8>(
      repeating: 0, extent: WrittenSamples.extent, voxelSize: WrittenSamples.size)
    try writer.append(channels: [volume, volume])
    try writer.finish()
    for choice in [ChannelChoice.index(0), nil] {
      options.channel = choice
      let mixed = try ImageSeries.open([folder.path], options: options)[0]
      #expect(mixed.frames.map { $0.problem == nil } == [true, true, true, false])
      #expect(
        mixed.frames[3].problem.map { "\($0)" }
          == "\(folder.path)/a_t4.tif: has 2 channels where series 'a' has 1; "
          + "save it with the same channels")
    }
  }

  @Test("voxel sizes that are unknown, or only partly known")
  func voxelSizes() throws {
    for (name, problem) in [
      ("plain", "does not state its voxel size; give it in µm"),
      (
        "imagej-no-spacing",
        "states x = 0.8 µm, y = 0.8 µm but no z; give all three edges in µm"
      ),
    ] {
      let path = Fixture.tiff(name)
      #expect(message([path]) == "\(path): \(problem)")
    }
    let partial = #expect(throws: InputError.self) {
      try ImageSeries.open([Fixture.tiff("imagej-no-spacing")])
    }
    #expect(partial?.advice == .stateVoxelSize(x: 0.8, y: 0.8, z: nil))
    var options = ImageSeries.Options()
    options.voxelSize = VoxelSize(x: 1, y: 0, z: 1)
    #expect(
      message([Fixture.tiff("plain")], options)
        == "voxel size: 1.0 × 0.0 × 1.0 µm (x, y, z) is impossible: "
        + "expected edges of 0.001 to 1000 µm, of which none is more than 1000 times another")
    options.voxelSize = nil
    options.frameInterval = -.infinity
    #expect(
      message([Fixture.tiff("plain")], options)
        == "frame interval: -inf s is impossible: give seconds above 0, at most a billion")
  }

  @Test("single planes")
  func planes() throws {
    let folder = try TestFolder()
    try write(folder.path + "/a_t1.tif", depth: 1)
    try write(folder.path + "/a_t2.tif", depth: 1)
    #expect(
      message([folder.path])
        == "\(folder.path)/a_t1.tif: is a single plane; a volume needs several, saved as one stack")
    let path = folder.path + "/b.tif"
    let writer = HyperstackWriter<UInt8>(to: path, frames: 51)
    let plane = Volume<UInt8>(
      repeating: 0, extent: Extent(depth: 1, height: 5, width: 7), voxelSize: WrittenSamples.size)
    for _ in 0..<51 { try writer.append(plane) }
    try writer.finish()
    #expect(
      message([path])
        == "\(path): holds 51 frames of a single plane; if they are the planes of a volume, save "
        + "them as slices (ImageJ: Image > Properties), else give stacks of planes")
  }

  @Test("results never replace inputs")
  func outputs() throws {
    let folder = try TestFolder()
    try write(folder.path + "/labels/a_t1.tif")
    try write(folder.path + "/labels/b.tif")
    let series = try ImageSeries.open([folder.path + "/labels"])
    try ImageSeries.prepare(folder: folder.path + "/new/labels", for: series)
    #expect(FileManager.default.fileExists(atPath: folder.path + "/new/labels"))
    let error = #expect(throws: InputError.self) {
      try ImageSeries.prepare(folder: folder.path + "/new/../labels/", for: series)
    }
    #expect(
      error?.description
        == "\(folder.path)/labels/a_t1.tif: would be replaced by a result; choose another output")
    let file = folder.path + "/labels/b.tif/x"
    #expect(throws: InputError.self) { try ImageSeries.prepare(folder: file, for: series) }
  }
}
