import Foundation
import Microscopy
import Testing

/// What the JSON files of an image say, and what becomes of it.
@Suite("Metadata of OME-Zarr images")
struct ZarrMetadataTests {
  /// An image of 2 × 2 × 2 numbers without chunks, opened.
  private func opened(
    _ attributes: String, array: String = Self.array(), version: Int = 2
  ) throws -> ZarrImage {
    try Fixture.withFolder { folder in
      try Self.write(attributes, array, version, to: folder)
      return try ZarrImage(opening: folder)
    }
  }

  private static func write(
    _ attributes: String, _ array: String, _ version: Int, to folder: String
  ) throws {
    func write(_ text: String, _ name: String) throws {
      let url = URL(filePath: "\(folder)/\(name)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    if version == 2 {
      try write(attributes, ".zattrs")
      try write(array, "0/.zarray")
    } else {
      try write(
        #"{"zarr_format": 3, "node_type": "group", "attributes": {"ome": \#(attributes)}}"#,
        "zarr.json")
      try write(array, "0/zarr.json")
    }
  }

  private static func array(
    shape: String = "[2, 2, 2]", type: String = "<u2", fill: String = "0", more: String = ""
  ) -> String {
    """
    {"zarr_format": 2, "shape": \(shape), "chunks": \(shape), "dtype": "\(type)", "order": "C",
     "fill_value": \(fill), "filters": null, "compressor": null\(more)}
    """
  }

  private static func array3(
    type: String = "uint16", fill: String = "0", codecs: String = #"[{"name": "bytes"}]"#,
    more: String = ""
  ) -> String {
    """
    {"zarr_format": 3, "node_type": "array", "shape": [2, 2, 2], "data_type": "\(type)",
     "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 2, 2]}},
     "chunk_key_encoding": {"name": "default"}, "fill_value": \(fill), "codecs": \(codecs)\(more)}
    """
  }

  private static func image(
    _ level: String, _ image: String = "", axes: String = "zyx", unit: String = "micrometer"
  ) -> String {
    let list = axes.map { #"{"name": "\#($0)", "type": "space", "unit": "\#(unit)"}"# }
    return """
      {"multiscales": [{"version": "0.4", "axes": [\(list.joined(separator: ", "))]\(image),
        "datasets": [{"path": "0"\(level)}]}]}
      """
  }

  private static func transformations(_ list: String...) -> String {
    ", \"coordinateTransformations\": [\(list.joined(separator: ", "))]"
  }

  private static func scale(_ numbers: String) -> String {
    #"{"type": "scale", "scale": [\#(numbers)]}"#
  }

  @Test("scales of a level and of the image multiply, translations do not matter")
  func scales() throws {
    func size(_ level: String, _ image: String = "") throws -> VoxelSize? {
      try opened(Self.image(level, image)).calibration.voxelSize
    }
    let plain = Self.transformations(Self.scale("2, 0.5, 0.25"))
    #expect(try size(plain) == VoxelSize(x: 0.25, y: 0.5, z: 2))
    let shifted = Self.transformations(
      Self.scale("2, 0.5, 0.25"), #"{"type": "translation", "translation": [9, 9, 9]}"#)
    #expect(try size(shifted) == VoxelSize(x: 0.25, y: 0.5, z: 2))
    let outer = Self.transformations(Self.scale("1, 2, 0.1"))
    #expect(try size(plain, outer) == VoxelSize(x: 0.025, y: 1, z: 2))
    let pixels = Self.transformations(Self.scale("1, 1, 1"))
    #expect(try size(pixels, outer) == VoxelSize(x: 0.1, y: 2, z: 1))
    #expect(try size("", outer) == VoxelSize(x: 0.1, y: 2, z: 1))
    #expect(try size("") == nil)
    let same = Self.transformations(#"{"type": "identity"}"#)
    #expect(try size(same, outer) == VoxelSize(x: 0.1, y: 2, z: 1))
  }

  @Test(
    "a scale that does not fit the axes is unknown, and says why",
    arguments: [
      (
        transformations(scale("1, 0.1625")), "",
        "the scale of its finest level has 2 numbers for 3 axes"
      ),
      (transformations(scale("1, 1, 0.2, 0.2")), "", "has 4 numbers for 3 axes (z, y, x)"),
      (
        transformations(scale("1, 1, 1")), transformations(scale("0.2, 0.2")),
        "the scale of the image has 2 numbers"
      ),
      (transformations(scale("1, NaN, 1")), "", "is not a list of numbers"),
      (transformations(scale("1, -1, 1")), "", "is not above 0"),
      (transformations(scale("1, 0, 1")), "", "is not above 0"),
      (transformations(#"{"type": "scale", "path": "scale"}"#), "", "is not a list of numbers"),
      (
        transformations(#"{"type": "affine", "affine": [1]}"#), "",
        "'affine' is not a transformation"
      ),
      (transformations(scale("1, 1, 1")), transformations(#"{"type": "rotation"}"#), "'rotation'"),
      (#", "coordinateTransformations": {"scale": [1, 1, 1]}"#, "", "not a list of objects"),
    ])
  func wrongScales(level: String, image: String, problem: String) throws {
    let image = try opened(Self.image(level, image))
    #expect(image.calibration.voxelSize == nil && image.calibration.source == nil)
    #expect(image.calibration.doubts.count == 1)
    #expect(image.calibration.doubts[0].contains(problem), "\(image.calibration.doubts)")
  }

  @Test("a unit that is not understood is named")
  func units() throws {
    let level = Self.transformations(Self.scale("2, 0.5, 0.25"))
    let image = try opened(Self.image(level, unit: "furlong"))
    #expect(image.calibration.voxelSize == nil)
    #expect(image.calibration.doubts.first == "unit 'furlong' of z is not understood as a length")
    let fine = Self.transformations(Self.scale("2000, 500, 250"))
    let nanometers = try opened(Self.image(fine, unit: "nanometer"))
    #expect(nanometers.calibration.voxelSize == VoxelSize(x: 0.25, y: 0.5, z: 2))
    #expect(nanometers.calibration.doubts.isEmpty)
  }

  @Test(
    "fill values of every spelling, as zarr-python 3.1.6 reads them",
    arguments: [
      ("<f2", "2.0", 2), ("<f2", "65504", 65504), ("<f2", "0.1", 0.0999755859375),
      ("<f2", "1e9", Double.infinity), ("<f2", "6e-8", 5.960464477539063e-08), ("<f2", "1e-9", 0),
      ("<f2", "-2049", -2048), ("<f2", "2051", 2052), ("<f2", #""NaN""#, .nan),
      ("<f4", "NaN", .nan),
      ("<f4", "-Infinity", -.infinity), (">f4", #""Infinity""#, .infinity), ("<f8", "1e300", 1e300),
      ("<f4", #""1.5""#, 1.5), ("<f4", "null", 0), (">f8", "-0.25", -0.25), ("|b1", "true", 1),
      ("|b1", "false", 0), ("|i1", "-128", -128), ("<u2", "65535", 65535), ("<u2", "7.0", 7),
      (">i4", #""-9""#, -9), ("<u4", "4294967295", 4_294_967_295),
    ])
  func fills(type: String, fill: String, value: Double) throws {
    let axes = Self.image("")
    let found = try Fixture.withFolder { folder in
      try Self.write(axes, Self.array(type: type, fill: fill), 2, to: folder)
      let image = try ZarrImage(opening: folder)
      #expect(image.notes.first?.hasPrefix("no chunk is there of 1 of 1 volume") == true)
      return try image.readSamples().converted(to: .float64).bytes
    }
    let expected = withUnsafeBytes(of: value) { Array($0) }
    for start in stride(from: 0, to: found.count, by: 8) {
      let bits = Array(found[start..<start + 8])
      let number = bits.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let isSame = bits == expected || value.isNaN && Double(bitPattern: number).isNaN
      #expect(isSame, "\(Double(bitPattern: number))")
    }
  }

  @Test(
    "fill values of Zarr 3: bits as hexadecimal digits, whole numbers to the last one",
    arguments: [
      ("float32", #""0x3f800000""#, UInt64(0x3F80_0000)),
      ("float32", #""0x7fc00001""#, 0x7FC0_0001), ("float16", #""0x4000""#, 0x4000),
      ("float64", #""0x3ff0000000000000""#, 0x3FF0_0000_0000_0000),
      ("float64", #""0x3f800000""#, 0x3FF0_0000_0000_0000), ("float16", #""NaN""#, 0x7E00),
      ("float32", #""-Infinity""#, 0xFF80_0000), ("float16", "-0.0", 0x8000),
      ("uint64", "18446744073709551615", .max),
      ("uint64", "9007199254740993", 9_007_199_254_740_993),
      ("int64", "-9223372036854775808", 1 << 63),
      ("int64", "-9007199254740993", 0xFFDF_FFFF_FFFF_FFFF),
      ("bool", "true", 1), ("uint8", "255", 255),
    ])
  func bits(type: String, fill: String, bits: UInt64) throws {
    let bytes = try Fixture.withFolder { folder in
      try Self.write(
        Self.image("").replacing("0.4", with: "0.5"), Self.array3(type: type, fill: fill), 3,
        to: folder)
      return try ZarrImage(opening: folder).readSamples().bytes
    }
    let size = bytes.count / 8
    let expected = withUnsafeBytes(of: bits.littleEndian) { Array($0.prefix(size)) }
    #expect(Array(bytes.prefix(size)) == expected)
    #expect(Array(bytes.suffix(size)) == expected)
  }

  @Test(
    "fill values that the type does not have are refused",
    arguments: [
      ("<u2", "65536"), ("<u2", "-1"), ("<u2", "1.5"), ("<u1", "NaN"), ("<f4", #""0x3f800000""#),
      ("<f4", #""AAAAAA==""#), ("<f4", "[1, 2]"), ("<u2", "{}"), ("<f8", #""nan""#),
      ("<i4", #""""#),
    ])
  func wrongFills(type: String, fill: String) throws {
    let error = #expect(throws: InputError.self) {
      try ZarrArray(v2: Data(Self.array(type: type, fill: fill).utf8), path: "a")
    }
    #expect(error?.problem.contains("expected a fill value of") == true)
  }

  @Test("bare NaN and Infinity stand anywhere but in texts")
  func bareNumbers() throws {
    let more = #", "attributes": {"a \" NaN": NaN, "b": [-Infinity, Infinity]}"#
    let array = try ZarrArray(
      v2: Data(Self.array(type: "<f4", fill: "NaN", more: more).utf8), path: "a")
    #expect(array.type == .float32)
  }

  @Test(
    "what Morula does not read is refused by name",
    arguments: [
      ("complex64", "0", "", "complex64"), ("uint4", "0", "", "uint4"),
      ("uint16", "0", #", "storage_transformers": [{"name": "fancy"}]"#, "'fancy'"),
      ("uint16", "0", #", "sharding": {"name": "x"}"#, "the extension 'sharding'"),
      ("uint16", "0", #", "chunk_key_encoding": {"name": "fan"}"#, "'fan'"),
    ])
  func refused(type: String, fill: String, more: String, text: String) throws {
    let json = Self.array3(type: type, fill: fill, more: more)
    let error = #expect(throws: InputError.self) { try ZarrArray(v3: Data(json.utf8), path: "a") }
    #expect(error?.problem.contains(text) == true, "\(error?.problem ?? "none")")
    #expect(throws: Never.self) {
      let harmless = #", "hint": {"name": "x", "must_understand": false}"#
      _ = try ZarrArray(v3: Data(Self.array3(more: harmless).utf8), path: "a")
    }
  }

  @Test(
    "codecs that are not legal are refused",
    arguments: [
      ("[]", "no codec 'bytes'"), (#"[{"name": "zstd"}]"#, "out of this order"),
      (
        #"["bytes", {"name": "transpose", "configuration": {"order": [0, 1, 2]}}]"#,
        "out of this order"
      ),
      (
        #"[{"name": "transpose", "configuration": {"order": [0, 0, 2]}}, "bytes"]"#,
        "stores its axes"
      ),
      (#"["bytes", "bytes"]"#, "out of this order"), (#"["bytes", "bz2"]"#, "found 'bz2'"),
      (#"[{"name": "bytes", "configuration": {"endian": "middle"}}]"#, "'middle'"),
      (#"["vlen-utf8"]"#, "found 'vlen-utf8'"), ("[1]", "does not list its codecs"),
    ])
  func wrongCodecs(codecs: String, text: String) throws {
    let json = Self.array3(codecs: codecs)
    let error = #expect(throws: InputError.self) { try ZarrArray(v3: Data(json.utf8), path: "a") }
    #expect(error?.problem.contains(text) == true, "\(error?.problem ?? "none")")
    #expect(throws: Never.self) {
      _ = try ZarrArray(
        v3: Data(Self.array3(codecs: #"["bytes", "numcodecs.zlib", "crc32c"]"#).utf8), path: "a")
    }
  }

  @Test("newer versions are refused by name, patches and drafts of known ones are read")
  func versions() throws {
    for version in ["0.6", "0.6-dev2", "0.6.dev1", "1.0", "0.45", "banana"] {
      let text = Self.image("").replacing("0.4", with: version)
      let error = #expect(throws: InputError.self, "\(version)") { try opened(text) }
      #expect(error?.problem.contains("expected OME-Zarr 0.1 to 0.5, found \(version)") == true)
    }
    for version in ["0.4.1", "0.5-dev1", "0.5rc1"] {
      #expect(try opened(Self.image("").replacing("0.4", with: version)).version == version)
    }
    #expect(try opened(Self.image("").replacing(#""0.4""#, with: "0.4")).version == "0.4")
    let systems = Self.image("", #", "coordinateSystems": []"#)
      .replacing(#""version": "0.4", "#, with: "")
    let error = #expect(throws: InputError.self) { try opened(systems) }
    #expect(error?.problem.contains("coordinate systems") == true)
    // Axes are never guessed.
    for version in ["0.3", "0.4"] {
      let text = #"{"multiscales": [{"version": "\#(version)", "datasets": [{"path": "0"}]}]}"#
      let error = #expect(throws: InputError.self) { try opened(text) }
      #expect(error?.problem.contains("does not name its axes") == true)
    }
    let old = #"{"multiscales": [{"datasets": [{"path": "0"}]}]}"#
    #expect(throws: InputError.self) { try opened(old) }
    let five = try opened(old, array: Self.array(shape: "[3, 2, 4, 5, 6]"))
    #expect(five.frames == 3 && five.channels == 2 && five.extent.depth == 4)
  }

  @Test("axes are known by their types too")
  func axisTypes() throws {
    let axes = #"""
      [{"name": "frame", "type": "time", "unit": "minute"}, {"name": "stain", "type": "channel"},
       {"name": "Y", "type": "space"}, {"name": "X", "type": "space"}]
      """#
    let level = Self.transformations(Self.scale("2, 1, 1, 1"))
    let text = #"{"multiscales": [{"axes": \#(axes), "datasets": [{"path": "0"\#(level)}]}]}"#
    let image = try opened(text, array: Self.array(shape: "[3, 2, 5, 6]"))
    #expect(image.frames == 3 && image.channels == 2 && image.calibration.frameInterval == 120)
    let twice = text.replacing("channel", with: "time")
    #expect(throws: InputError.self) { try opened(twice, array: Self.array(shape: "[3, 2, 5, 6]")) }
  }

  @Test("plates, wells and sets name an image that they list")
  func collections() throws {
    try Fixture.withFolder { folder in
      func write(_ text: String, _ name: String) throws {
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path + "/.zattrs"))
      }
      func advice(_ name: String) -> String? {
        let error = #expect(throws: InputError.self) {
          try ZarrImage(opening: folder + name)
        }
        return error?.problem
      }
      try write(#"{"plate": {"wells": [{"path": "B/03"}, {"path": "C/1"}]}}"#, "p.zarr")
      #expect(advice("/p.zarr")?.hasSuffix("for example \(folder)/p.zarr/B/03/0") == true)
      try write(#"{"well": {"images": [{"path": "field7"}, {"path": "0"}]}}"#, "p.zarr/B/03")
      #expect(advice("/p.zarr")?.hasSuffix("for example \(folder)/p.zarr/B/03/field7") == true)
      #expect(
        advice("/p.zarr/B/03/")?.hasSuffix("for example \(folder)/p.zarr/B/03/field7") == true)
      try write(#"{"well": {"images": [{"path": "../../x"}]}}"#, "p.zarr/C/1")
      #expect(advice("/p.zarr/C/1")?.contains("lists no image") == true)
      try write(#"{"bioformats2raw.layout": 3}"#, "b.zarr")
      #expect(advice("/b.zarr")?.hasSuffix("for example \(folder)/b.zarr/0") == true)
      try write(#"{"series": ["s2", "s1"]}"#, "b.zarr/OME")
      #expect(advice("/b.zarr")?.hasSuffix("for example \(folder)/b.zarr/s2") == true)
    }
  }

  @Test("paths that leave the image are refused")
  func outside() throws {
    for path in ["..", "../0", "a/../../0", "/0", "", "0/../0"] {
      let text = Self.image("").replacing(#""path": "0""#, with: #""path": "\#(path)""#)
      let error = #expect(throws: InputError.self, "\(path)") { try opened(text) }
      #expect(error?.problem.contains("outside of the image") == true)
    }
    try Fixture.withFolder { folder in
      try Self.write(Self.image(""), Self.array(), 2, to: folder)
      try FileManager.default.createDirectory(
        atPath: folder + "/labels", withIntermediateDirectories: true)
      try Data(#"{"labels": ["../../other"]}"#.utf8)
        .write(to: URL(filePath: folder + "/labels/.zattrs"))
      let error = #expect(throws: InputError.self) { try ZarrImage(opening: folder) }
      #expect(error?.problem.contains("label image outside of the image") == true)
    }
  }
}
