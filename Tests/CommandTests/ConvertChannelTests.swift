import Foundation
import Microscopy
import TestSupport
import Testing

/// Names and colors of channels, and what says that an image holds labels, from format to format.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct ConvertChannelTests {
  private let place: TestFolder

  init() throws { place = try TestFolder() }

  private func morula(_ arguments: String...) throws -> MorulaCommand.Result {
    try MorulaCommand.run(arguments, in: place)
  }

  private func json(_ file: String) throws -> [String: Any] {
    let result = try MorulaCommand.run(["info", "--json", file], in: place)
    #expect(result.status == 0, "\(result.errors)")
    return try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any] ?? [:]
  }

  /// Fixtures of tifffile and ome-zarr whose two channels are H2B in green and E-cad in magenta.
  private static let sources = ["channels-imagej", "channels-imagej-big-endian", "channels-ome"]
    .map { InfoTests.fixtures + "channels/\($0).tif" }

  @Test("names and colors of channels survive every conversion", arguments: sources)
  func channels(source: String) throws {
    var input = source
    for output in ["a.zarr", "b.ome.tif", "c.tif", "d.zarr", "e.tif", "f.ome.tif"] {
      let result = try morula(
        "convert", input, "--output", output, "--compression",
        output == "e.tif" ? "none" : "deflate", "--ngff", output == "d.zarr" ? "0.5" : "0.4")
      #expect(result.status == 0, "\(result.errors)")
      input = output
    }
    for file in [source, "a.zarr", "b.ome.tif", "c.tif", "d.zarr", "e.tif", "f.ome.tif"] {
      let report = try json(file)
      #expect(report["channel_names"] as? [String] == ["H2B", "E-cad µ"], "\(file)")
      #expect(report["channel_colors"] as? [String] == ["00FF00", "FF00FF"], "\(file)")
      let text = try morula("info", file).output
      #expect(text.contains("channels     1 H2B #00FF00, 2 E-cad µ #FF00FF"), "\(text)")
    }
  }

  @Test("a channel is chosen by its number or its name", arguments: sources)
  func choice(source: String) throws {
    let second = try TIFFStack(opening: source).readSamples(channel: 1).bytes
    for (number, choice) in ["2", "E-cad µ", "e-cad µ"].enumerated() {
      let result = try morula(
        "convert", source, "--output", "\(number).tif", "--channel", choice)
      #expect(result.status == 0, "\(result.errors)")
      let stack = try TIFFStack(opening: "\(place.path)/\(number).tif")
      #expect(try stack.readSamples().bytes == second && stack.info.channels == 1)
      #expect(stack.channelDescriptions.map(\.name) == ["E-cad µ"])
    }
    let wrong = try morula("convert", source, "--output", "x.tif", "--channel", "GFP")
    #expect(wrong.status == 1 && wrong.errorLines.count == 1)
    #expect(
      wrong.errors.contains(
        "has no channel GFP (1 H2B, 2 E-cad µ); choose one with --channel 1…2"), "\(wrong.errors)")
    let third = try morula("convert", source, "--output", "x.tif", "--channel", "3")
    #expect(third.status == 1 && third.errors.contains("has no channel 3"))
    for zero in ["0", "-1", ""] {
      let result = try morula("convert", source, "--output", "x.tif", "--channel=\(zero)")
      #expect(result.status == 64, "\(result.errors)")
      #expect(result.errors.contains("counted from 1"), "\(result.errors)")
    }
    let none = try morula("segment", source, "--output", "out", "--method", "classical")
    #expect(
      none.status == 1 && none.errors.contains("has 2 channels (1 H2B, 2 E-cad µ); choose one"))
  }

  @Test("labels stay labels by what their files say")
  func labels() throws {
    try place.write("1 0 0 0\n", to: "tracks.txt")
    var input = InfoTests.fixtures + "tiff/imagej-labels.tif"
    for (number, output) in ["a.ome.tif", "b.tif", "c.zarr", "d.ome.tif"].enumerated() {
      let options = number == 0 ? ["--as-labels"] : []
      let result = try MorulaCommand.run(
        ["convert", input, "--output", output] + options, in: place)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try json(output)["labels"] as? Bool == true, "\(output)")
      input = output
    }
    #expect(try ZarrImage(opening: place.path + "/c.zarr").areLabels)
    #expect(try json(InfoTests.fixtures + "tiff/imagej-labels.tif")["labels"] as? Bool == false)
  }

  @Test("the folder of a segmentation stands for its labels")
  func runFolder() throws {
    let extent = Extent(depth: 2, height: 3, width: 4)
    let size = VoxelSize(x: 0.5, y: 0.5, z: 2)
    try FileManager.default.createDirectory(
      atPath: place.path + "/run/labels", withIntermediateDirectories: true)
    try place.write("{}", to: "run/run.json")
    for time in 1...2 {
      let volume = LabelVolume(repeating: UInt32(time), extent: extent, voxelSize: size)
      try TIFF.write(volume, to: "\(place.path)/run/labels/emb_t\(time).tif")
    }
    for (number, input) in ["run", "run/labels", "run/labels/emb_t1.tif"].enumerated() {
      let result = try morula("convert", input, "--output", "\(number).zarr")
      #expect(result.status == 0, "\(result.errors)")
      let image = try ZarrImage(opening: "\(place.path)/\(number).zarr")
      #expect(image.areLabels && image.frames == (number < 2 ? 2 : 1))
    }
    let inside = try morula("convert", "run/labels", "--output", "i.zarr", "--labels", "n=run")
    #expect(inside.status == 0, "\(inside.errors)")
  }

  @Test("a file of a few bytes that states a billion frames is refused")
  func impossiblyManyFrames() throws {
    let source = InfoTests.fixtures + "zarr/v2-holes.zarr"
    try FileManager.default.copyItem(atPath: source, toPath: place.path + "/a.zarr")
    let file = place.path + "/a.zarr/0/.zarray"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    var array = try #require(json)
    let shape = try #require(array["shape"] as? [Int])
    array["shape"] = [1_000_000_000] + shape.dropFirst()
    try JSONSerialization.data(withJSONObject: array).write(to: URL(filePath: file))
    let result = try morula("segment", "a.zarr", "--output", "out", "--method", "classical")
    CommandErrorTests.expectFailure(
      result, "a.zarr: states 1000000000 frames, more than 1000000")
  }

  @Test("an image without chunks is noted, and so is a scale that does not fit its axes")
  func notes() throws {
    let source = InfoTests.fixtures + "zarr/v2-holes.zarr"
    try FileManager.default.copyItem(atPath: source, toPath: place.path + "/a.zarr")
    try FileManager.default.removeItem(atPath: place.path + "/a.zarr/0/1")
    let result = try morula("convert", "a.zarr", "--output", "a.tif")
    #expect(result.status == 0)
    #expect(
      result.errors.contains("note: a.zarr: no chunk is there of 2 of 4 volumes"),
      "\(result.errors)")
    #expect(try morula("info", "a.zarr").output.contains("no chunk is there of 2 of 4 volumes"))
    let segment = try morula(
      "segment", "a.zarr", "--output", "out", "--method", "classical", "--channel", "1")
    #expect(
      segment.errors.contains("a.zarr: no chunk is there of 2 of 4 volumes"), "\(segment.errors)")
    let attributes = place.path + "/a.zarr/.zattrs"
    let text = try String(contentsOfFile: attributes, encoding: .utf8)
    let changed = text.replacing("600.0,", with: "")
    #expect(changed != text)
    try changed.write(toFile: attributes, atomically: false, encoding: .utf8)
    #expect(
      try morula("info", "a.zarr").output.contains("unknown: the scale of its finest level has 4"))
    let scaled = try morula("convert", "a.zarr", "--output", "b.tif")
    #expect(scaled.errors.contains("the voxel size is unknown: the scale of"), "\(scaled.errors)")
    let impossible = text.replacing("1.75,", with: "1.75e9,")
    #expect(impossible != text)
    try impossible.write(toFile: attributes, atomically: false, encoding: .utf8)
    let kept = try morula("convert", "a.zarr", "--output", "c.tif")
    #expect(kept.errors.contains("which is impossible"), "\(kept.errors)")
    #expect(kept.errors.contains("the output states none"), "\(kept.errors)")
    try changed.write(toFile: attributes, atomically: false, encoding: .utf8)
    let unknown = try morula(
      "segment", "a.zarr", "--output", "out2", "--method", "classical", "--channel", "1")
    #expect(
      unknown.errors.contains("states no usable voxel size: the scale of"), "\(unknown.errors)")
  }
}
