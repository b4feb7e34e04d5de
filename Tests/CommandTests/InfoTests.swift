import Foundation
import Microscopy
import TestSupport
import Testing

/// `morula info`.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct InfoTests {
  static let fixtures = packageFolder.path + "/Tests/MicroscopyTests/Fixtures/"

  private func run(_ arguments: String..., in place: TestFolder? = nil) throws
    -> MorulaCommand.Result
  {
    try MorulaCommand.run(["info"] + arguments, in: place ?? TestFolder())
  }

  private func json(_ result: MorulaCommand.Result) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return try #require(object as? [String: Any], "\(result.output)")
  }

  @Test func jsonOfOneFile() throws {
    let info = try json(run("--json", Self.fixtures + "tiff/imagej-hyperstack.tif"))
    #expect(info["shape"] as? [Int] == [2, 3, 2, 5, 7])
    #expect(info["axes"] as? String == "TZCYX")
    #expect(info["dtype"] as? String == "uint16")
    #expect(info["voxel_size_um"] as? [Double] == [0.8, 0.8, 1.75])
    #expect(info["frame_interval_s"] as? Double == 600)
    #expect(info["compression"] as? String == "none")
    #expect(info["dialect"] as? String == "imageJ")
    #expect(info["scale_source"] as? String == "imageJ")
    #expect(info["pages"] as? Int == 12)
  }

  @Test(arguments: [
    ("dialects/rgb-chunky.tif", "ZYXS", [3, 5, 7, 3], "uint8", false),
    ("dialects/rgb-planar.tif", "ZSYX", [3, 3, 5, 7], "uint8", false),
    ("dialects/packed-12.tif", "YX", [9, 13], "uint16", false),
    ("dialects/codec-fax4.tif", "YX", [16, 24], "bool", false),
    ("tiff/ome-tczyx.tif", "TCZYX", [2, 2, 3, 5, 7], "uint16", true),
    ("tiff/imagej-contiguous.tif", "ZYX", [3, 5, 7], "uint16", true),
    ("zarr/v3-shards.zarr", "TCZYX", [2, 2, 3, 5, 7], "uint16", true),
    ("zarr/v2-gzip-zyx.zarr", "ZYX", [3, 5, 7], "float32", true),
  ])
  func axes(file: String, axes: String, shape: [Int], type: String, isScaled: Bool) throws {
    let result = try run("--json", Self.fixtures + file)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    let info = try json(result)
    #expect(info["axes"] as? String == axes)
    #expect(info["shape"] as? [Int] == shape)
    #expect(info["dtype"] as? String == type)
    #expect(info["voxel_size_um"] as? [Double] == (isScaled ? [0.8, 0.8, 1.75] : nil))
  }

  @Test func text() throws {
    let path = Self.fixtures + "tiff/imagej-hyperstack.tif"
    let result = try run(path, Self.fixtures + "tiff/plain.tif")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix(path + "\n  format       ImageJ TIFF, little-endian, 12 pages"))
    #expect(result.output.contains("0.8 × 0.8 × 1.75 µm (x, y, z), from ImageJ's description"))
    #expect(result.output.contains("600.0 s from frame to frame"))
    #expect(result.output.contains("unknown: not stated in the file"))
  }

  @Test func severalFiles() throws {
    let place = try TestFolder()
    try place.write("text", to: "b.tif")
    try FileManager.default.copyItem(
      atPath: Self.fixtures + "tiff/plain.tif", toPath: place.path + "/a.tif")
    let result = try run("--json", ".", in: place)
    #expect(result.status == 2 && result.errorLines.count == 1)
    #expect(result.errors.contains("./b.tif: expected a TIFF file"))
    let list = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]]
    #expect(list?.map { $0["file"] as? String } == ["./a.tif"])
  }

  /// A TIFF of so many pages of 5 × 4 pixels with a description.
  private func write(_ description: String, pages: Int, to name: String, in place: TestFolder)
    throws
  {
    let page = { (text: String?) in
      TIFFBytes.page(width: 5, height: 4, offsets: [8], sizes: [20], description: text)
    }
    let list = (0..<pages).map { page($0 == 0 ? description : nil) }
    try TIFFBytes(list, data: Array(repeating: 1, count: 20)).file.write(
      to: URL(filePath: "\(place.path)/\(name)"))
  }

  @Test("planes without a page are named, and the exit code tells")
  func missingPlanes() throws {
    let place = try TestFolder()
    let data = (0..<8).map { "<TiffData IFD='\($0)' FirstT='\($0 / 4)' FirstZ='\($0 % 4)'/>" }
    try write(
      "<OME><Image><Pixels DimensionOrder='XYZCT' SizeX='5' SizeY='4' SizeZ='4' SizeC='1' "
        + "SizeT='3'>\(data.joined())</Pixels></Image></OME>", pages: 8, to: "a.tif", in: place)
    for arguments in [["a.tif"], ["--json", "a.tif"]] {
      let result = try MorulaCommand.run(["info"] + arguments, in: place)
      #expect(result.status == 1 && result.errorLines.count == 1)
      #expect(
        result.errors.contains(
          "a.tif: expected a page for each of 12 planes, found none for 4 planes: frame 3;"),
        "\(result.errors)")
      #expect(result.output.contains("TZYX"))
    }
    let converted = try MorulaCommand.run(
      ["convert", "a.tif", "--output", "b.ome.tif"], in: place)
    #expect(converted.status == 1)
    #expect(
      converted.errors.contains("expected a page for frame 3, channel 1, plane 1, found none"))
  }

  @Test("what is stated and not understood is named, by every command")
  func doubts() throws {
    let place = try TestFolder()
    try write("ImageJ=1.53t\nslices=4\nunit=furlong\nspacing=2\n", pages: 4, to: "a.tif", in: place)
    let clause = "unit 'furlong' is not understood as a length"
    #expect(try run("a.tif", in: place).output.contains("voxel size   unknown: \(clause)"))
    let object = try json(run("--json", "a.tif", in: place))
    #expect(object["scale_doubts"] as? [String] == [clause] && object["notes"] as? [String] == [])
    for command in [
      ["segment", "--method", "classical", "--output", "out"], ["measure", "--output", "m"],
    ] {
      let result = try MorulaCommand.run(command + ["a.tif"], in: place)
      #expect(result.status == 1)
      #expect(
        result.errors.contains("a.tif: states no usable voxel size: \(clause); give it in µm with"),
        "\(result.errors)")
    }
  }

  @Test("a single file whose name ends in 3d is a series of that name")
  func dimensions() throws {
    let place = try TestFolder()
    try write("ImageJ=1.53t\nslices=4\n", pages: 4, to: "img3d.tif", in: place)
    let result = try MorulaCommand.run(
      [
        "segment", "--method", "classical", "--voxel-size", "1,1,1", "--output", "out", "img3d.tif",
      ],
      in: place)
    #expect(result.status == 0, "\(result.errors)")
    let table = try String(contentsOfFile: place.path + "/out/criteria.csv", encoding: .utf8)
    #expect(table.split(separator: "\n").last?.hasPrefix("1,") ?? false, "\(table)")
    #expect(FileManager.default.fileExists(atPath: place.path + "/out/labels/img3d.tif"))
  }

  @Test("hostile files: one line of error and exit code 1", arguments: HostileTIFF.cases)
  func hostile(file: HostileTIFF.Case) throws {
    let place = try TestFolder()
    let path = place.path + "/\(file.name).tif"
    try file.bytes.write(to: URL(filePath: path))
    let result = try run(path)
    if file.isHidden {
      #expect(result.status == 0)
    } else {
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      #expect(result.errors.hasPrefix("morula: error: \(path)"), "\(result.errors)")
      #expect(result.errors.contains(file.error), "\(result.errors)")
    }
    // Where pixels are read, every one of them is an error.
    let converted = try MorulaCommand.run(
      ["convert", path, "--output", "out.ome.tif"], in: place)
    #expect(converted.status == 1)
    #expect(converted.errorLines.count == 1, "\(converted.errors)")
    #expect(!FileManager.default.fileExists(atPath: place.path + "/out.ome.tif"))
  }

  @Test("every command that reads images knows --max-pixels")
  func limits() throws {
    let place = try TestFolder()
    let path = Self.fixtures + "tiff/type-uint16.tif"
    let refused = try run("--max-pixels", "104", path)
    #expect(refused.status == 1 && refused.errors.contains("raise the limit with --max-pixels"))
    #expect(try run("--max-pixels", "0.105k", path).status == 0)
    #expect(try run("--max-pixels", "none", path).status == 64)
    for command in [
      ["measure", path, "--voxel-size", "1,1,1"], ["segment", path, "--voxel-size", "1,1,1"],
      ["convert", path],
    ] {
      let method = command[0] == "segment" ? ["--method", "classical"] : []
      let output = command[0] == "convert" ? "out.zarr" : command[0]
      let result = try MorulaCommand.run(
        command + method + ["--output", output, "--max-pixels", "104"], in: place)
      #expect(result.status == 1, "\(command[0])")
      #expect(result.errors.contains("--max-pixels"), "\(command[0]): \(result.errors)")
    }
    for command in ["train", "predict", "segment", "measure", "evaluate", "stress", "figure"] {
      let help = try MorulaCommand.run([command, "--help"], in: place)
      #expect(help.output.contains("--max-pixels"), "\(command)")
    }
  }
}
