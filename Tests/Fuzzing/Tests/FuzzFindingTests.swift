import Exchange
import Foundation
import FuzzTargets
import Microscopy
import Networks
import Segmentation
import TestSupport
import Testing
import Training

/// What fuzzing found, with the error that it must give; docs/fuzzing.md tells the stories.
@Suite struct FuzzFindingTests {
  /// The path of a kept input.
  private static func path(_ target: FuzzTarget, _ name: String) -> String {
    packageFolder.appending(path: "Tests/Fuzzing/Findings/\(target.rawValue)/\(name)").path
  }

  private static func text(_ target: FuzzTarget, _ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path(target, name))), as: UTF8.self)
  }

  @Test func parenthesesInNestedClass() throws {
    let pattern = try Self.text(.foldPattern, "parentheses-in-nested-class")
    let error = #expect(throws: FoldPattern.Failure.self) { try FoldPattern(pattern) }
    #expect(error?.problem.contains("must have one group in parentheses") == true)
    #expect(error?.problem.hasSuffix("it has 0") == true)
    // Groups are those of the regular expression, not what looks like them.
    #expect(try FoldPattern(#"[[a](b)](c)"#).fold(of: "bc") == "c")
    #expect(try FoldPattern(#"\Q(\E(\d)"#).fold(of: "x(7") == "7")
    #expect(try FoldPattern(#"(?x) E (\d+) # (not this)"#).fold(of: "E12") == "12")
  }

  /// Swift's own regular expressions trap when they meet such a range.
  @Test func rangeToCombiningMark() throws {
    let pattern = try Self.text(.foldPattern, "range-to-combining-mark")
    #expect(throws: FoldPattern.Failure.self) { try FoldPattern(pattern) }
  }

  @Test(arguments: ["aliases-of-lists", "aliases-of-sections", "aliases-as-keys"])
  func yamlThatMultiplies(name: String) throws {
    let yaml = try Self.text(.yaml, name)
    let error = #expect(throws: ConfigurationError.self) {
      try TrainingConfiguration(yaml: yaml, name: "a.yaml", fileDirectory: "/")
    }
    #expect(error?.description.hasPrefix("a.yaml:1: repeats anchors ") == true)
    #expect(error?.description.contains("at most 16 are read: write the values out") == true)
  }

  @Test func yamlOfTooManyValues() throws {
    let yaml = "a: [" + String(repeating: "1,", count: 100_000) + "1]"
    let error = #expect(throws: ConfigurationError.self) {
      try TrainingConfiguration(yaml: yaml, name: "a.yaml", fileDirectory: "/")
    }
    #expect(error?.problem.contains("more than 100000 values") == true)
  }

  @Test func fewAliasesAreRead() throws {
    // Stars in words and quotes are not aliases.
    let yaml = """
      name: &run embryos
      network: {kind: nsn}
      data: {images: *run, targets: a*b, voxel_size: [1, 1, 2], validation: '*t'}
      """ + String(repeating: "\n# a*b '*c' \"*d\" *.tif", count: 20)
    let configuration = try TrainingConfiguration(yaml: yaml, name: "a.yaml", fileDirectory: "/x")
    #expect(configuration.name == "embryos" && configuration.data.images == "/x/embryos")
  }

  @Test func configurationThatIsNoText() throws {
    let folder = try TestFolder()
    for (name, problem) in [
      ("folder", "is a folder"), ("large", "is larger than 1 MiB"),
      ("bytes", "is not UTF-8 text"), ("none", "no such configuration file"),
    ] {
      let path = folder.path + "/" + name
      switch name {
      case "folder":
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      case "large": try Data(repeating: 35, count: 1 << 20 + 1).write(to: URL(filePath: path))
      case "bytes": try Data([0x61, 0xFF, 0xFE]).write(to: URL(filePath: path))
      default: break
      }
      let error = #expect(throws: ConfigurationError.self) {
        try TrainingConfiguration.load(path: path)
      }
      #expect(error?.problem.contains(problem) == true, "\(name)")
    }
  }

  @Test func zarrOfAMillionChunks() throws {
    let folder = try TestFolder()
    let metadata = try Self.text(.zarrImage, "million-chunks").prefix { $0 != "\0" }
    try folder.write(#"{"multiscales": [{"datasets": [{"path": "0"}]}]}"#, to: ".zattrs")
    try folder.write(String(metadata), to: "0/.zarray")
    let error = #expect(throws: InputError.self) { try ZarrImage(opening: folder.path) }
    #expect(error?.problem.contains("at most 131072 chunks, found 1000000") == true)
    #expect(error?.advice == .either("rewrite it with larger chunks", .trust(voxels: 1_000_000)))
    // If you trust the image, you may wait.
    let trusting = ImageLimits(maximumVoxels: 1_000_000)
    #expect(try ZarrImage(opening: folder.path, limits: trusting).extent.width == 1000)
  }

  @Test(arguments: [
    ("half-gigabyte-of-fill-values", "found 0 bytes that stand for 536870912"),
    ("chunk-of-a-gigabyte", "found 12 bytes that stand for 1073741824"),
    ("shards-that-are-not-there", "found 0 bytes that stand for 2147483648"),
  ])
  func zarrOfFewBytes(name: String, found: String) throws {
    let folder = try TestFolder()
    let input = try Data(contentsOf: URL(filePath: Self.path(.zarrImage, name)))
    let metadata = String(decoding: input.prefix { $0 != 0 }, as: UTF8.self)
    try folder.write(#"{"multiscales": [{"datasets": [{"path": "0"}]}]}"#, to: ".zattrs")
    try folder.write(metadata, to: metadata.contains("node_type") ? "0/zarr.json" : "0/.zarray")
    try Data(input.dropFirst(metadata.utf8.count + 1))
      .write(to: URL(filePath: folder.path + "/0/0.0"))
    let image = try ZarrImage(opening: folder.path)
    let error = #expect(throws: InputError.self) { try image.readSamples() }
    #expect(error?.problem.contains("expected large volumes that shrink to 1/500 at most") == true)
    #expect(error?.problem.contains(found) == true)
    guard case .trust = error?.advice else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [
    ("half-gigabyte-from-eight-kilobytes", "8192 bytes that stand for 536870912"),
    ("one-page-for-all-planes", "16384 bytes that stand for 209715200"),
  ])
  func tiffOfFewBytes(name: String, found: String) {
    let error = #expect(throws: TIFFError.self) {
      try TIFFStack(opening: Self.path(.tiff, name))
    }
    #expect(error?.kind == .tooLarge && error?.found == found)
    guard case .trust = error?.advice else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func xmlInstructionWithoutData() throws {
    let xml = """
      <?xml version="1.0" encoding="UTF-16"?><?note?><OME><?a?><Image><Pixels \
      DimensionOrder="XYZCT" SizeX="2" SizeY="2" SizeZ="1" SizeC="1" SizeT="1">\
      <TiffData IFD="0"><UUID>urn:<?a b?>1</UUID></TiffData></Pixels></Image><<?a?>?b?></OME>
      """
    let folder = try TestFolder()
    let path = folder.path + "/a.tif"
    func info(_ text: String) throws -> TIFFInfo {
      try TIFFBytes(
        [TIFFBytes.page(width: 2, height: 2, offsets: [8], sizes: [4], description: text)],
        data: [1, 2, 3, 4]
      ).file.write(to: URL(filePath: path))
      return try TIFFStack(opening: path).info
    }
    #expect(try info(xml.replacing("<<?a?>?b?>", with: "")).dialect == .ome)
    // What is left of an instruction inside another one is not an instruction.
    for text in [xml, "<OME><?a", "<?a?><OME>", "<OME><?a?", "<OME><??><??></OME"] {
      let error = #expect(throws: TIFFError.self) { try info(text) }
      #expect(error?.kind == .contradictory && error?.expected == "well-formed OME-XML", "\(text)")
    }
    let input = try Data(
      contentsOf: URL(filePath: Self.path(.tiffDescription, "xml-instruction-without-data")))
    let error = #expect(throws: TIFFError.self) {
      try info(String(decoding: input.dropFirst(), as: UTF8.self))
    }
    #expect(error?.found.hasPrefix("broken XML at line") == true)
  }

  @Test func zarrShardOfNoLength() throws {
    let metadata = try Self.text(.zarrImage, "shard-of-no-length").prefix { $0 != "\0" }
    let error = #expect(throws: InputError.self) {
      try ZarrArray(v3: Data(metadata.utf8), path: "a")
    }
    #expect(error?.description == "a: has shards that its chunks do not fill")
  }

  @Test func modelWithChannelsBeyondAllNumbers() throws {
    let path = Self.path(.safetensors, "channels-beyond-all-numbers")
    let error = #expect(throws: WeightsError.self) { try Model(contentsOf: path) }
    #expect(error?.kind == .malformed)
    #expect(error?.problem.contains("1…65536 inputs and outputs") == true)
  }

  @Test func arrayThatIsEmptyBesideBillions() throws {
    let bytes = try Data(contentsOf: URL(filePath: Self.path(.npy, "empty-beside-billions")))
    let array = try NPYFile.read(bytes, file: "a.npy")
    #expect(array.shape.dimensions == [42_949_672_960, 85, 0])
  }

  @Test func errorsStayOnOneLine() {
    let error = WeightsError(
      .malformed, file: "a", "one\ntwo\u{1B}[31m\u{2028}" + String(repeating: "x", count: 9999))
    #expect(error.description.hasPrefix(#"a: one\ntwo\u{1B}[31m\u{2028}xxx"#))
    #expect(error.description.hasSuffix("x…") && error.description.unicodeScalars.count < 530)
  }
}
