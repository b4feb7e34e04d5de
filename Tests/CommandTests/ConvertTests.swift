import Foundation
import Microscopy
import TestSupport
import Testing

/// `morula convert`, from format to format and back.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct ConvertTests {
  private let place: TestFolder

  init() throws { place = try TestFolder() }

  @discardableResult
  private func convert(_ arguments: String...) throws -> MorulaCommand.Result {
    let result = try MorulaCommand.run(["convert"] + arguments, in: place)
    #expect(result.status == 0, "\(result.errors)")
    return result
  }

  private func fails(_ arguments: String..., with text: String) throws {
    let result = try MorulaCommand.run(["convert"] + arguments, in: place)
    #expect(result.status == 1 && result.errorLines.count == 1, "\(result.errors)")
    #expect(result.errors.contains(text), "\(result.errors)")
  }

  private func bytes(_ path: String, channel: Int = 0, frame: Int = 0) throws -> SampleVolume {
    let path = path.hasPrefix("/") ? path : place.path + "/" + path
    return ZarrImage.isZarr(path)
      ? try ZarrImage(opening: path).readSamples(channel: channel, frame: frame)
      : try TIFFStack(opening: path).readSamples(channel: channel, frame: frame)
  }

  @Test("a hyperstack goes round through every format and keeps its scale")
  func roundTrip() throws {
    let source = InfoTests.fixtures + "tiff/imagej-hyperstack.tif"
    try convert(source, "--output", "a.zarr")
    try convert("a.zarr", "--output", "b.ome.tif")
    try convert("b.ome.tif", "--output", "c.zarr", "--ngff", "0.5")
    try convert("c.zarr", "--output", "d.tif")
    for file in ["a.zarr", "b.ome.tif", "c.zarr", "d.tif"] {
      for frame in 0..<2 {
        for channel in 0..<2 {
          let expected = try bytes(source, channel: channel, frame: frame)
          #expect(try bytes(file, channel: channel, frame: frame) == expected, "\(file)")
        }
      }
      let info = try MorulaCommand.run(["info", "--json", file], in: place)
      let json = try JSONSerialization.jsonObject(with: Data(info.output.utf8)) as? [String: Any]
      #expect(json?["voxel_size_um"] as? [Double] == [0.8, 0.8, 1.75], "\(file)")
      #expect(json?["frame_interval_s"] as? Double == 600, "\(file)")
      #expect(json?["dtype"] as? String == "uint16", "\(file)")
    }
  }

  @Test("labels of the Cell Tracking Challenge go round with their tracks")
  func tracking() throws {
    let extent = Extent(depth: 2, height: 3, width: 4)
    let size = VoxelSize(x: 0.5, y: 0.5, z: 2)
    let tracks = "1 0 0 0\n2 1 2 1\n7 1 1 1\n"
    try place.write(tracks, to: "01_RES/res_track.txt")
    for (frame, labels) in [[1], [2, 7], [2]].enumerated() {
      var volume = LabelVolume(repeating: 0, extent: extent, voxelSize: size)
      for (i, label) in labels.enumerated() { volume.voxels[3 * i + frame] = UInt32(label) }
      try TIFF.write(volume, to: place.path + "/01_RES/mask00\(frame).tif", frameInterval: 60)
    }
    try convert("01_RES", "--output", "labels.zarr")
    #expect(try ZarrImage(opening: place.path + "/labels.zarr").areLabels)
    let back = try convert("labels.zarr", "--output", "02_RES")
    #expect(back.errors.contains("without parents"))
    #expect(
      try String(contentsOfFile: place.path + "/02_RES/res_track.txt", encoding: .utf8)
        == "1 0 0 0\n2 1 2 0\n7 1 1 0\n")
    try convert("labels.zarr", "--output", "03_GT/TRA", "--tracks", "01_RES/res_track.txt")
    #expect(
      try String(contentsOfFile: place.path + "/03_GT/TRA/man_track.txt", encoding: .utf8) == tracks
    )
    for frame in 0..<3 {
      let expected = try bytes("01_RES/mask00\(frame).tif")
      #expect(try bytes("02_RES/mask00\(frame).tif") == expected)
      #expect(try bytes("03_GT/TRA/man_track00\(frame).tif") == expected)
    }
    let info = try TIFF.info(at: place.path + "/02_RES/mask002.tif")
    #expect(info.voxelSize == size && info.frameInterval == 60)
    // Tracks that do not fit the labels are refused.
    try place.write("1 0 0 0\n", to: "short.txt")
    try fails("labels.zarr", "--output", "04_RES", "--tracks", "short.txt", with: "has no track")
    // Images get the images' names.
    try convert(
      InfoTests.fixtures + "tiff/imagej-hyperstack.tif", "--channel", "2", "--output", "01")
    #expect(
      try bytes("01/t001.tif")
        == bytes(InfoTests.fixtures + "tiff/imagej-hyperstack.tif", channel: 1, frame: 1))
  }

  @Test("an image with its labels in one OME-Zarr image")
  func labelsInside() throws {
    let image = InfoTests.fixtures + "tiff/imagej-labels.tif"
    try convert(image, "--output", "x.zarr", "--labels", "nuclei=\(image)")
    let zarr = try ZarrImage(opening: place.path + "/x.zarr")
    #expect(zarr.labels == ["nuclei"])
    #expect(try bytes("x.zarr/labels/nuclei").bytes == bytes(image).bytes)
    let again = try convert("x.zarr/labels/nuclei", "--output", "l.tif")
    #expect(again.errors.contains("written to l.tif"))
    #expect(try TIFF.readLabels(at: place.path + "/l.tif").voxels.max() == 46)
    #expect(try convert("x.zarr", "--output", "y.tif").errors.contains("its label images (nuclei)"))
  }

  @Test("types without counterpart are widened or refused")
  func types() throws {
    let fixtures = InfoTests.fixtures
    for (name, type) in [
      ("tiff/type-int16", SampleType.float32), ("tiff/type-uint32", .float32),
      ("tiff/type-bit", .uint8), ("dialects/packed-12", .uint16), ("tiff/type-float64", .float32),
    ] {
      try convert("\(fixtures)\(name).tif", "--output", "a.tif", "--overwrite")
      #expect(try TIFF.info(at: place.path + "/a.tif").sampleType == type)
      let before = try TIFF.readVolume(at: "\(fixtures)\(name).tif")
      #expect(try TIFF.readVolume(at: place.path + "/a.tif").voxels == before.voxels)
    }
    try fails(
      fixtures + "tiff/type-float32.tif", "--output", "01",
      with: "does not fit into uint16; choose OME-TIFF or OME-Zarr")
    try fails(
      fixtures + "tiff/type-uint32.tif", "--as-labels", "--output", "l.tif",
      with: "does not fit into uint16")
    try convert(fixtures + "tiff/type-uint32.tif", "--as-labels", "--output", "l.ome.tif")
    #expect(try TIFF.info(at: place.path + "/l.ome.tif").sampleType == .uint32)
  }

  @Test("outputs are not replaced unless asked, inputs never")
  func outputs() throws {
    let source = InfoTests.fixtures + "tiff/plain.tif"
    for output in ["a.tif", "a.ome.tif", "a.zarr", "01"] {
      try convert(source, "--output", output, "--voxel-size", "0.5,0.6,0.7")
      try fails(source, "--output", output, with: "exists already")
      try convert(source, "--output", output, "--overwrite")
    }
    try fails("a.tif", "--output", "a.tif", "--overwrite", with: "would be replaced by a result")
    try fails("01", "--output", "01", "--overwrite", with: "would be replaced by a result")
    try fails("absent.tif", "--output", "b.tif", with: "there is no such file or folder")
    let unnamed = try MorulaCommand.run(["convert", source, "--output", "b.xyz"], in: place)
    #expect(unnamed.status == 64)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: place.path)
        .filter { !$0.hasPrefix(".output") && !$0.hasPrefix(".errors") }.sorted()
        == ["01", "a.ome.tif", "a.tif", "a.zarr"])
  }

  @Test("single planes keep their pixel size, several series get files of their own")
  func planesAndSeries() throws {
    let fixtures = InfoTests.fixtures
    for output in ["p.tif", "p.ome.tif", "p.zarr"] {
      try convert(fixtures + "zarr/v2-plain-yx.zarr", "--output", output)
      let info = try MorulaCommand.run(["info", "--json", output], in: place)
      let json = try JSONSerialization.jsonObject(with: Data(info.output.utf8)) as? [String: Any]
      let edges = json?["edges_um"] as? [Any]
      #expect(edges?.first as? Double == 0.8, "\(output)")
      #expect(edges?[1] as? Double == 0.8, "\(output)")
    }
    for name in ["Emb01_t001", "Emb01_t002", "Emb02_t001"] {
      try FileManager.default.createDirectory(
        atPath: place.path + "/in", withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: fixtures + "tiff/imagej-labels.tif", toPath: place.path + "/in/\(name).tif")
    }
    try convert("in", "--to", "ome-tiff", "--output", "out")
    #expect(try TIFF.info(at: place.path + "/out/Emb01.ome.tif").frames == 2)
    #expect(try TIFF.info(at: place.path + "/out/Emb02.ome.tif").frames == 1)
  }
}
