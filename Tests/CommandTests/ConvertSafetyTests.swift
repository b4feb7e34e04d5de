import Foundation
import Microscopy
import TestSupport
import Testing

/// Inputs of `morula convert` and other commands are never replaced, however they are spelled.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct ConvertSafetyTests {
  private let place: TestFolder

  init() throws { place = try TestFolder() }

  private func path(_ name: String) -> String { "\(place.path)/\(name)" }

  private func morula(_ arguments: [String]) throws -> MorulaCommand.Result {
    try MorulaCommand.run(arguments, in: place)
  }

  /// The names and contents of all files in the folder, links by where they lead.
  private func contents() throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: place.path)
    where !name.hasPrefix(".output") && !name.hasPrefix(".errors") {
      let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path(name))) != nil
      found[name] = isLink ? Data() : FileManager.default.contents(atPath: path(name)) ?? Data()
    }
    return found
  }

  /// The command fails with one line that ends with this advice, and changes nothing.
  private func refuses(_ arguments: String..., with text: String) throws {
    let before = try contents()
    let result = try morula(arguments)
    #expect(result.status == 1 && result.errorLines.count == 1, "\(arguments) \(result.errors)")
    #expect(result.errors.contains(text), "\(arguments) \(result.errors)")
    #expect(try contents() == before, "\(arguments)")
  }

  private func make(_ name: String, _ value: UInt16 = 1) throws {
    let volume = Volume<UInt16>(
      repeating: value, extent: Extent(depth: 2, height: 3, width: 4),
      voxelSize: VoxelSize(x: 0.5, y: 0.5, z: 2))
    let folder = (path(name) as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try TIFF.write(volume, to: path(name))
  }

  @Test("an output that is an input by any name")
  func sameFile() throws {
    try make("in/a.tif")
    let files = FileManager.default
    try files.createSymbolicLink(atPath: path("soft.tif"), withDestinationPath: "in/a.tif")
    try files.linkItem(atPath: path("in/a.tif"), toPath: path("hard.tif"))
    try files.createSymbolicLink(atPath: path("other"), withDestinationPath: "in")
    for output in [
      "in/a.tif", "./in/a.tif", "in/../in/a.tif", "soft.tif", "hard.tif", "other/a.tif",
      path("in/a.tif"), "new/../in/a.tif", "in//a.tif",
    ] {
      try refuses(
        "convert", "in/a.tif", "--output", output, "--overwrite", with: "would be replaced")
      try refuses(
        "convert", "soft.tif", "--output", output, "--overwrite", with: "would be replaced")
    }
    // A new file beside the inputs is nobody's loss.
    #expect(try morula(["convert", "in", "--output", "in/b.zarr"]).status == 0)
  }

  @Test("any file of a series is an input, not only the first, and so are labels and tracks")
  func everyInput() throws {
    for time in 1...3 { try make("in/e_t\(time).tif", UInt16(time)) }
    try make("l.tif")
    try refuses(
      "convert", "in", "--output", "in/e_t2.tif", "--overwrite", with: "e_t2.tif: would be replaced"
    )
    let files = FileManager.default
    for name in ["01/t000.tif", "01/t001.tif", "01/t002.tif"] { try make(name) }
    try refuses("convert", "01", "--output", "01", "--overwrite", with: "would be replaced")
    // Frames of an earlier, longer series would stay among the new ones.
    try make("02/t003.tif")
    try refuses(
      "convert", "in", "--output", "02", "--overwrite", with: "02/t003.tif: is a frame of another")
    #expect(try morula(["convert", "l.tif", "--output", "l.zarr"]).status == 0)
    try files.createDirectory(atPath: path("x.zarr"), withIntermediateDirectories: true)
    try refuses(
      "convert", "in", "--output", "l.zarr", "--labels", "a=l.zarr", "--overwrite",
      with: "l.zarr: would be replaced")
    // Two series of one name would replace each other.
    try make("two/a.tif")
    #expect(try morula(["convert", "two/a.tif", "--output", "two/a.zarr"]).status == 0)
    try refuses(
      "convert", "two/a.tif", "two/a.zarr", "--to", "ome-tiff", "--output", "out", "--overwrite",
      with: "as two/a.zarr does")
  }

  @Test("OME-Zarr: labels over their image, outputs inside of the input, what is not an image")
  func zarr() throws {
    try make("i.tif", 7)
    try make("l.tif", 1)
    #expect(
      try morula(["convert", "i.tif", "--output", "z.zarr", "--labels", "nuclei=l.tif"]).status == 0
    )
    try FileManager.default.createSymbolicLink(
      atPath: path("link.zarr"), withDestinationPath: "z.zarr")
    for output in ["z.zarr", "z.zarr/", "link.zarr", "./x/../z.zarr", path("z.zarr")] {
      try refuses(
        "convert", "z.zarr/labels/nuclei", "--output", output, "--to", "ome-zarr", "--overwrite",
        with: "would be removed with")
      try refuses(
        "convert", "z.zarr", "--output", output, "--to", "ome-zarr", "--overwrite",
        with: "would be replaced")
    }
    for output in ["z.zarr/0", "z.zarr/labels/new.zarr", "z.zarr/a.tif", "link.zarr/b/c.zarr"] {
      try refuses(
        "convert", "z.zarr", "--output", output, "--to",
        output.hasSuffix("tif") ? "imagej" : "ome-zarr", "--overwrite",
        with: "would get a result inside of it")
    }
    // Only whole images give way to an image.
    try FileManager.default.copyItem(atPath: path("z.zarr/0"), toPath: path("array.zarr"))
    try refuses(
      "convert", "i.tif", "--output", "array.zarr", "--overwrite", with: "is not an OME-Zarr image")
    try make("folder.zarr/keep.tif")
    try refuses(
      "convert", "i.tif", "--output", "folder.zarr", "--overwrite", with: "is not an OME-Zarr image"
    )
    try make("file.zarr")
    try refuses(
      "convert", "i.tif", "--output", "file.zarr", "--overwrite", with: "is not an OME-Zarr image")
    try make("folder.tif/keep.tif")
    try refuses(
      "convert", "i.tif", "--output", "folder.tif", "--overwrite",
      with: "is a folder where a file is wanted")
  }

  @Test("an image that a link leads to is replaced where it lies, in one step")
  func link() throws {
    try make("i.tif", 7)
    try FileManager.default.createDirectory(atPath: path("disk"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: path("z.zarr"), withDestinationPath: "disk/z.zarr")
    #expect(try morula(["convert", "i.tif", "--output", "disk/z.zarr"]).status == 0)
    try make("j.tif", 9)
    #expect(try morula(["convert", "j.tif", "--output", "z.zarr", "--overwrite"]).status == 0)
    let image = try ZarrImage(opening: path("disk/z.zarr"))
    #expect(try image.readSamples().voxels(UInt16.self).voxels.allSatisfy { $0 == 9 })
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: path("z.zarr")) == "disk/z.zarr")
    #expect(try FileManager.default.contentsOfDirectory(atPath: path("disk")) == ["z.zarr"])
  }

  @Test("measure, evaluate, predict, segment and train keep their inputs too")
  func otherCommands() throws {
    try make("labels/a.tif")
    #expect(
      try morula(["convert", "labels/a.tif", "--output", "z.zarr", "--as-labels"]).status == 0)
    try refuses("measure", "z.zarr", "--output", "z.zarr", with: "would get a result inside of it")
    for option in ["--json", "--csv"] {
      try refuses(
        "evaluate", "--prediction", "labels/a.tif", "--truth", "z.zarr", option, "./labels/a.tif",
        with: "would be replaced")
    }
    try FileManager.default.createDirectory(atPath: path("run"), withIntermediateDirectories: true)
    try FileManager.default.linkItem(
      atPath: path("labels/a.tif"), toPath: path("run/a.tif"))
    try FileManager.default.createDirectory(
      atPath: path("out/labels"), withIntermediateDirectories: true)
    try FileManager.default.linkItem(
      atPath: path("labels/a.tif"), toPath: path("out/labels/a.tif"))
    try refuses(
      "segment", "labels/a.tif", "--output", "out", "--method", "classical",
      with: "would be replaced")
    try place.write("weights", to: "m.safetensors")
    for command in ["import", "pack"] {
      try refuses(
        "model", command, "m.safetensors", "--output", "./m.safetensors", with: "would be replaced")
    }
    try place.write(
      "network: {kind: nsn, base: 2}\ndata: {images: labels, targets: labels}\n",
      to: "run/config.yaml")
    try refuses(
      "train", "--config", "run/config.yaml", "--output", "run", with: "would be replaced")
  }
}
