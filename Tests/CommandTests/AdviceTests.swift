import Foundation
import Microscopy
import TestSupport
import Testing

/// The library's advice, printed as the options that help.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct AdviceTests {
  private let place: TestFolder

  init() throws { place = try TestFolder() }

  private static func tiff(_ name: String) -> String { InfoTests.fixtures + "tiff/\(name).tif" }

  private func segment(_ arguments: String...) throws -> MorulaCommand.Result {
    try MorulaCommand.run(
      ["segment", "--method", "classical", "--output", "out"] + arguments, in: place)
  }

  @Test func voxelSizes() throws {
    CommandErrorTests.expectFailure(
      try segment(Self.tiff("plain")),
      "plain.tif: does not state its voxel size; give it in µm with --voxel-size x,y,z")
    CommandErrorTests.expectFailure(
      try segment(Self.tiff("imagej-no-spacing")),
      "no z; give all three in µm with --voxel-size 0.8,0.8,Z")
  }

  @Test func channels() throws {
    let stack = Self.tiff("imagej-hyperstack")
    CommandErrorTests.expectFailure(
      try segment(stack), "has 2 channels; choose one with --channel 1…2")
    CommandErrorTests.expectFailure(
      try segment(stack, "--channel", "3"), "has no channel 3; choose one with --channel 1…2")
    CommandErrorTests.expectFailure(
      try segment(Self.tiff("type-uint16"), "--channel", "2"),
      "has a single channel; leave out --channel 2")
  }

  /// A frame that fails while others do not.
  @Test func framesOfARun() throws {
    for (name, size) in [("a_t1", 1.0), ("a_t2", 1), ("a_t3", 2)] {
      let extent = Extent(depth: 3, height: 5, width: 7)
      let volume = Volume<UInt8>(
        repeating: 0, extent: extent, voxelSize: VoxelSize(x: size, y: size, z: size))
      try FileManager.default.createDirectory(
        atPath: place.path + "/in", withIntermediateDirectories: true)
      try TIFF.write(volume, to: place.path + "/in/\(name).tif")
    }
    let result = try segment("in")
    CommandErrorTests.expectFailure(
      result, "a_t3.tif: has voxels of 2.0", "correct the file, or give --voxel-size x,y,z for all",
      status: 2)
    #expect(result.errors.contains("2 of 3 frames, 0 nuclei in"))
    // What run.json keeps of it is the library's: it may be read where there are no options.
    let json = try String(contentsOf: URL(filePath: place.path + "/out/run.json"), encoding: .utf8)
    #expect(json.contains("correct the file, or give one voxel size for all"))
  }

  @Test func outputs() throws {
    let image = Self.tiff("type-uint16")
    func convert(_ arguments: String...) throws -> MorulaCommand.Result {
      try MorulaCommand.run(["convert", image, "--output", "x.ome.tif"] + arguments, in: place)
    }
    #expect(try convert().status == 0)
    CommandErrorTests.expectFailure(
      try convert(), "x.ome.tif: exists already; choose another --output, or add --overwrite")
    CommandErrorTests.expectFailure(
      try convert("--overwrite", "--max-pixels", "104"),
      "crop the image, or raise the limit with --max-pixels")
  }
}
