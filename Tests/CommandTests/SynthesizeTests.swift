import Foundation
import Microscopy
import TestSupport
import Testing

/// `morula synthesize`
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct SynthesizeTests {
  private static let small = ["--size", "22,20,9", "--voxel-size", "4.8,4.8,10"]

  /// All files below a folder with their bytes.
  private static func contents(_ folder: String) throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      contents[name] = FileManager.default.contents(atPath: folder + "/" + name)
    }
    return contents.filter { !$0.value.isEmpty }
  }

  @Test func sameBytesForAnyThreadCount() throws {
    let place = try TestFolder()
    for (folder, threads) in [("one", "1"), ("two", "2")] {
      let made = try MorulaCommand.run(
        ["synthesize", "--output", folder, "--frames", "4", "--seed", "3", "--threads", threads]
          + Self.small, in: place)
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.errors.contains("4 volumes with ground truth in \(folder)"))
    }
    let one = try Self.contents(place.path + "/one")
    #expect(one.count == 18 && one["res_track.txt"] != nil && one["images/t003.tif"] != nil)
    #expect(try one == Self.contents(place.path + "/two"))
    let other = try MorulaCommand.run(
      ["synthesize", "--output", "other", "--frames", "4", "--seed", "4"] + Self.small, in: place)
    #expect(other.status == 0)
    #expect(try Self.contents(place.path + "/other")["images/t003.tif"] != one["images/t003.tif"])
  }

  @Test func trainingSetsAndHyperstacks() throws {
    let place = try TestFolder()
    let set = try MorulaCommand.run(
      [
        "synthesize", "--output", "set", "--embryos", "2", "--frames", "2", "--start", "8",
        "--annotation-offset", "-0.27,0,-0.84",
        "--end", "16", "--noise", "0.5", "--diversity", "0",
      ] + Self.small, in: place)
    #expect(set.status == 0, "\(set.errors)")
    let volume = try TIFF.readVolume(at: place.path + "/set/nsn/Emb02_t002.tif")
    #expect(volume.extent == Extent(depth: 9, height: 20, width: 22))
    let stack = try MorulaCommand.run(
      ["synthesize", "--output", "stack", "--frames", "3", "--hyperstack"] + Self.small, in: place)
    #expect(stack.status == 0, "\(stack.errors)")
    #expect(try TIFF.info(at: place.path + "/stack/images/series.tif").frames == 3)
  }

  @Test func errors() throws {
    let place = try TestFolder()
    for (arguments, words) in [
      (["--frames", "0"], "--frames"), (["--start", "1"], "--start"),
      (["--start", "9", "--end", "8"], "--end"), (["--noise", "-1"], "--noise"),
      (["--size", "3,4"], "--size"), (["--voxel-size", "0,1,1"], "--voxel-size"),
      (["--annotation-offset", "-0.3,0,-11"], "--annotation-offset"),
    ] {
      let result = try MorulaCommand.run(
        ["synthesize", "--output", "none"] + arguments, in: place)
      #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: place.path + "/none"))
    try place.write("", to: "file")
    CommandErrorTests.expectFailure(
      try MorulaCommand.run(["synthesize", "--output", "file"] + Self.small, in: place), "file",
      "choose another --output")
    try place.write("", to: "old/images/Emb01_t001.tif")
    CommandErrorTests.expectFailure(
      try MorulaCommand.run(["synthesize", "--output", "old"] + Self.small, in: place),
      "holds files of another series (Emb01_t001.tif)")
  }

  @Test func interruption() throws {
    let place = try TestFolder()
    let result = try MorulaCommand.run(
      ["synthesize", "--output", "cut", "--frames", "2000"] + Self.small, in: place
    ) { $0.contains("1/2000 volumes") }
    #expect(result.status == 130, "\(result.errors)")
    #expect(result.errors.contains("Interrupted; every volume in cut is complete"))
    let names = try FileManager.default.subpathsOfDirectory(atPath: place.path + "/cut")
    #expect(!names.contains("res_track.txt") && !names.contains { $0.contains("partial") })
    for name in names where name.hasSuffix(".tif") {
      #expect(try TIFF.readVolume(at: "\(place.path)/cut/\(name)").extent.depth == 9)
    }
  }
}
