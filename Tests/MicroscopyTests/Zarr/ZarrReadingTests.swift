import Foundation
import Microscopy
import Testing

@Suite("OME-Zarr images written by zarr-python and ome-zarr")
struct ZarrReadingTests {
  private func image(_ name: String) throws -> ZarrImage {
    try ZarrImage(opening: Fixture.zarr(name))
  }

  private func voxels(_ image: ZarrImage, _ channel: Int, _ frame: Int) throws -> [Float] {
    try image.readSamples(channel: channel, frame: frame).converted(to: .float32)
      .voxels(Float.self).voxels
  }

  @Test(
    "every codec, byte order and arrangement of chunks",
    arguments: [
      ("v2-blosc", SampleType.uint16, "blosc"), ("v2-blosc-dots", .uint16, "blosc"),
      ("v2-zlib-big-endian", .uint16, "zlib"), ("v2-zstd-no-units", .uint16, "zstd"),
      ("v3-zstd", .uint16, "zstd"), ("v3-blosc-crc", .uint16, "blosc"),
      ("v3-gzip-big-endian", .uint32, "gzip"), ("v3-shards", .uint16, "zstd"),
      ("ome-zarr-0.4", .uint16, ""), ("ome-zarr-0.5", .uint16, ""),
    ])
  func arrays(name: String, type: SampleType, codec: String) throws {
    let image = try image(name)
    #expect(image.version == (name.contains("v3") || name.contains("0.5") ? "0.5" : "0.4"))
    #expect(image.frames == 2 && image.channels == 2)
    #expect(image.extent == Extent(depth: 3, height: 5, width: 7))
    #expect(image.sampleType == type)
    // ome-zarr writes no units, and its own choice of codec.
    if !codec.isEmpty {
      #expect(image.compression == codec)
      let isKnown = name != "v2-zstd-no-units"
      #expect(
        image.calibration.voxelSize == (isKnown ? VoxelSize(x: 0.8, y: 0.8, z: 1.75) : nil))
      #expect(image.calibration.frameInterval == (isKnown ? 600 : nil))
      #expect(image.calibration.source == (isKnown ? .ngff : nil))
    }
    for t in 0..<2 {
      for c in 0..<2 { #expect(try voxels(image, c, t) == Fixture.ramp(t: t, c: c), "\(t) \(c)") }
    }
  }

  @Test("fewer axes, other types")
  func axes() throws {
    let volume = try image("v2-gzip-zyx")
    #expect(volume.axes.map(\.name) == ["z", "y", "x"])
    #expect(try voxels(volume, 0, 0) == Fixture.ramp())
    let plane = try image("v2-plain-yx")
    #expect(plane.compression == "none" && plane.sampleType == .int16)
    #expect(plane.calibration.x == 0.8 && plane.calibration.voxelSize == nil)
    let extent = Extent(depth: 1, height: 5, width: 7)
    #expect(try voxels(plane, 0, 0) == Fixture.ramp(extent))
    let floats = try image("v3-float")
    #expect(floats.sampleType == .float64)
    #expect(try voxels(floats, 0, 1) == Fixture.ramp(t: 1))
  }

  @Test(
    "codecs in every legal order, and axes in any",
    arguments: [
      "v3-transposed", "v3-transposed-twice", "v3-crc-inside", "v3-shards-big-index",
      "v3-shards-plain-index", "v3-shards-nested", "v3-shards-wrapped", "v2-order-f", "v2-lz4",
      "v3-zyxct",
    ])
  func codecs(name: String) throws {
    let image = try image(name)
    #expect(image.frames == 2 && image.channels == 2)
    #expect(image.extent == Extent(depth: 3, height: 5, width: 7))
    #expect(image.calibration.voxelSize == VoxelSize(x: 0.8, y: 0.8, z: 1.75))
    for t in 0..<2 {
      for c in 0..<2 { #expect(try voxels(image, c, t) == Fixture.ramp(t: t, c: c), "\(t) \(c)") }
    }
    // What is damaged is found, also where only a checksum tells.
    guard name == "v3-crc-inside" || name == "v3-shards-big-index" else { return }
    try Fixture.withFolder { folder in
      let copy = "\(folder)/a.zarr"
      try FileManager.default.copyItem(atPath: image.path, toPath: copy)
      let chunk = URL(filePath: copy + "/0/c/0/0/0/0/0")
      var data = try Data(contentsOf: chunk)
      data[data.count - 6] ^= 1
      data[3] ^= 1
      try data.write(to: chunk)
      #expect(throws: InputError.self) { try ZarrImage(opening: copy).readSamples() }
    }
  }

  @Test("spatial axes may be x, y, z")
  func turned() throws {
    let volume = try image("v2-xyz")
    #expect(volume.axes.map(\.name) == ["x", "y", "z"])
    #expect(volume.extent == Extent(depth: 3, height: 5, width: 7))
    #expect(volume.calibration.voxelSize == VoxelSize(x: 0.8, y: 0.8, z: 1.75))
    #expect(try voxels(volume, 0, 0) == Fixture.ramp())
  }

  @Test("chunks that are not there have the fill value")
  func holes() throws {
    let missing = Fixture.zarr("v2-holes") + "/0/0/0/0/0/0"
    #expect(!FileManager.default.fileExists(atPath: missing))
    let first = try voxels(try image("v2-holes"), 0, 0)
    #expect(first[..<70].allSatisfy { $0 == 9 })
    #expect(Array(first[70...]) == Array(Fixture.ramp()[70...]))
    #expect(try image("v2-holes").notes.isEmpty)
  }

  @Test("labels inside of an image", arguments: ["0.4", "0.5"])
  func labels(version: String) throws {
    let image = try image("ome-zarr-\(version)")
    #expect(image.labels == ["nuclei"] && !image.areLabels)
    let labels = try ZarrImage(opening: image.path + "/labels/nuclei")
    #expect(labels.areLabels && labels.channels == 1 && labels.sampleType == .uint32)
    #expect(try voxels(labels, 0, 1) == Fixture.ramp(t: 1).map { ($0 / 7).rounded(.down) })
    let error = #expect(throws: InputError.self) { try ZarrImage(opening: image.path + "/labels") }
    #expect(error?.description.hasSuffix("/labels/nuclei") == true)
  }

  @Test("what is not read says why")
  func unsupported() throws {
    let bz2 = #expect(throws: InputError.self) { try image("v2-bz2") }
    #expect(bz2?.problem.contains("found 'bz2'") == true)
    let array = #expect(throws: InputError.self) { try image("v2-blosc.zarr/0") }
    #expect(array?.problem.contains("name the OME-Zarr image above it") == true)
    #expect(throws: InputError.self) { try ZarrImage(opening: Fixture.folder) }
    let low = ImageLimits(maximumVoxels: 104)
    let large = #expect(throws: InputError.self) {
      try ZarrImage(opening: Fixture.zarr("v3-zstd"), limits: low)
    }
    #expect(large?.advice == .raiseVoxelLimit)
    #expect(throws: InputError.self) { try image("v3-zstd").readSamples(channel: 2) }
    #expect(throws: InputError.self) { try image("v3-zstd").readSamples(frame: -1) }
  }

  @Test(
    "damaged metadata and chunks are errors",
    arguments: ["v2-blosc", "v2-zlib-big-endian", "v2-zstd-no-units", "v3-shards", "v3-blosc-crc"])
  func damage(name: String) throws {
    try Fixture.withFolder { folder in
      let copy = "\(folder)/a.zarr"
      try FileManager.default.copyItem(atPath: Fixture.zarr(name), toPath: copy)
      func replace(_ file: String, _ old: String, _ new: String) throws {
        let path = "\(copy)/\(file)"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return }
        try text.replacingOccurrences(of: old, with: new).write(
          toFile: path, atomically: false, encoding: .utf8)
      }
      // Every chunk is cut short.
      let files = try FileManager.default.subpathsOfDirectory(atPath: copy)
      for file in files where file.last?.isNumber == true {
        let path = "\(copy)/\(file)"
        guard let data = FileManager.default.contents(atPath: path), data.count > 8 else {
          continue
        }
        try data.prefix(data.count * 2 / 3).write(to: URL(fileURLWithPath: path))
      }
      let error = #expect(throws: InputError.self) { try ZarrImage(opening: copy).readSamples() }
      #expect(error?.problem.contains("damaged or incomplete chunk") == true)
      for (old, new) in [
        ("\"path\"", "\"pfad\""), ("\"0\"", "\"../../../etc\""), ("\"y\"", "\"x\""), ("{", "["),
        ("multiscales", "none"),
      ] {
        for file in [".zattrs", "zarr.json"] { try replace(file, old, new) }
        #expect(throws: InputError.self, "\(new)") { try ZarrImage(opening: copy) }
        for file in [".zattrs", "zarr.json"] {
          let original = URL(fileURLWithPath: "\(Fixture.zarr(name))/\(file)")
          if let data = try? Data(contentsOf: original) {
            try data.write(to: URL(fileURLWithPath: "\(copy)/\(file)"))
          }
        }
      }
    }
  }

  @Test("arrays of absurd sizes take no memory")
  func absurd() throws {
    func array(_ shape: String, _ chunks: String, _ extra: String = "") -> Data {
      Data(
        """
        {"zarr_format": 2, "shape": \(shape), "chunks": \(chunks), "dtype": "<u2", "order": "C",
         "fill_value": 0, "filters": null, "compressor": null\(extra)}
        """.utf8)
    }
    #expect(throws: Never.self) { try ZarrArray(v2: array("[5, 5]", "[5, 5]"), path: "a") }
    for (shape, chunks) in [
      ("[5, 5]", "[0, 5]"), ("[0, 5]", "[5, 5]"), ("[5, 5]", "[5]"), ("[5]", "[5]"),
      ("[5, 5]", "[1000000, 1000000]"), ("[5, 5]", "[9223372036854775807, 9223372036854775807]"),
      ("[1e300, 5]", "[5, 5]"), ("[-5, 5]", "[5, 5]"), ("[5.5, 5]", "[5, 5]"), ("null", "[5]"),
      ("[99999999999999999, 5]", "[5, 5]"),
    ] {
      #expect(throws: InputError.self, "\(shape) \(chunks)") {
        try ZarrArray(v2: array(shape, chunks), path: "a")
      }
    }
    #expect(throws: InputError.self) { try ZarrArray(v2: Data("[".utf8), path: "a") }
    #expect(throws: InputError.self) { try ZarrArray(v3: array("[5, 5]", "[5, 5]"), path: "a") }
    // Data that state a larger size than the chunk has are refused, not decoded.
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    let packed = try #require(ChunkCodec.blosc(zeros, sampleSize: 1))
    #expect(ChunkCodec.blosc.decode(packed, size: 1 << 20) == zeros)
    #expect(ChunkCodec.blosc.decode(packed, size: 1 << 19) == nil)
    for codec in [ChunkCodec.blosc, .zstd, .zlib, .gzip] {
      #expect(codec.decode([1, 2, 3], size: 100) == nil)
      #expect(codec.decode([], size: 100) == nil)
    }
  }
}
