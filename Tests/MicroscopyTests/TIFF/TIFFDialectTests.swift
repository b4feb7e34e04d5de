import Foundation
import Microscopy
import Testing

@Suite("TIFF dialects, colors and codecs written by tifffile and libtiff")
struct TIFFDialectTests {
  @Test("packed integers of 2 to 14 bits", arguments: [2, 4, 10, 12, 14])
  func packed(bits: Int) throws {
    let extent = Extent(depth: 1, height: 9, width: 13)
    let expected = Fixture.ramp(extent).map { Float(Int($0) * 37 % (1 << bits)) }
    let names = ["packed-\(bits)"] + (bits == 12 ? ["packed-12-big-endian"] : [])
    for name in names {
      let path = Fixture.dialect(name)
      let info = try TIFF.info(at: path)
      #expect(info.sampleType.bits == bits)
      #expect(info.sampleType.numpyName == (bits < 8 ? "uint8" : "uint16"))
      #expect(try TIFF.readVolume(at: path).voxels == expected)
      #expect(try TIFF.readLabels(at: path).voxels == expected.map { UInt32($0) })
      let samples = try TIFFStack(opening: path).readSamples()
      #expect(samples.type == info.sampleType.unpacked)
      #expect(try samples.converted(to: .float32).voxels(Float.self).voxels == expected)
    }
  }

  @Test("64-bit integers, as NumPy makes them of labels")
  func wideIntegers() throws {
    for name in ["type-int64", "type-uint64-labels"] {
      let path = Fixture.dialect(name)
      #expect(try TIFF.readVolume(at: path).voxels == Fixture.ramp())
      #expect(try TIFF.readLabels(at: path).voxels == Fixture.ramp().map { UInt32($0) })
    }
    let error = #expect(throws: TIFFError.self) {
      try TIFF.readLabels(at: Fixture.dialect("type-int64-negative"))
    }
    #expect(error?.found == "-5")
    let complex = #expect(throws: TIFFError.self) {
      try TIFF.info(at: Fixture.dialect("type-complex"))
    }
    #expect(complex?.found == "64-bit complex samples")
  }

  @Test(
    "colors are channels, however they are stored",
    arguments: [
      ("rgb-chunky", Extent(depth: 3, height: 5, width: 7), 3),
      ("rgb-planar", Extent(depth: 3, height: 5, width: 7), 3),
      ("rgb-tiles", Extent(depth: 3, height: 35, width: 37), 3),
      ("rgb-planar-tiles", Extent(depth: 3, height: 35, width: 37), 3),
      ("rgb-16-big-endian", Extent(depth: 3, height: 5, width: 7), 3),
      ("rgba", Extent(depth: 3, height: 5, width: 7), 4),
      ("rgb-imagej", Extent(depth: 3, height: 5, width: 7), 3),
      ("rgb-ome", Extent(depth: 3, height: 5, width: 7), 3),
      ("rgb-plain", Extent(depth: 3, height: 5, width: 7), 3),
      ("multichannel-chunky", Extent(depth: 1, height: 5, width: 7), 5),
    ])
  func colors(name: String, extent: Extent, channels: Int) throws {
    let stack = try TIFFStack(opening: Fixture.dialect(name))
    #expect(stack.info.extent == extent)
    #expect(stack.info.channels == channels)
    #expect(stack.info.frames == 1)
    for c in 0..<min(channels, name == "rgba" ? 3 : channels) {
      let volume = try stack.readVolume(channel: c)
      let samples = try stack.readSamples(channel: c)
      #expect(try samples.converted(to: .float32).voxels(Float.self).voxels == volume.voxels)
      var inner: [Float] = []
      for z in 0..<extent.depth {
        for y in 0..<5 {
          for x in 0..<7 { inner.append(volume[z, y, x]) }
        }
      }
      let plain = Extent(depth: extent.depth, height: 5, width: 7)
      #expect(inner == Fixture.ramp(plain, c: c), "channel \(c)")
    }
    if name == "rgba" {
      #expect(try stack.readVolume(channel: 3).voxels.allSatisfy { $0 == 255 })
    }
    if ["rgb-imagej", "rgb-ome"].contains(name) {
      #expect(stack.info.voxelSize == VoxelSize(x: 0.8, y: 0.8, z: 1.75))
    }
  }

  @Test("JPEG and WebP colors")
  func lossyColors() throws {
    for (name, colors, tolerance) in [
      ("rgb-jpeg", [200, 100, 50], Float(3)), ("codec-webp", [10, 20, 30], 0),
    ] {
      let stack = try TIFFStack(opening: Fixture.dialect(name))
      #expect(stack.info.channels == 3)
      for (channel, color) in colors.enumerated() {
        let volume = try stack.readVolume(channel: channel)
        #expect(
          volume.voxels.allSatisfy { abs($0 - Float(color)) <= tolerance }, "\(name) \(channel)")
      }
    }
  }

  @Test("color tables are ignored, printers' colors refused")
  func otherColors() throws {
    let path = Fixture.dialect("palette")
    #expect(try TIFF.info(at: path).color == .palette)
    #expect(try TIFF.readVolume(at: path).voxels == Fixture.ramp())
    let error = #expect(throws: TIFFError.self) { try TIFF.info(at: Fixture.dialect("cmyk")) }
    #expect(error?.found == "color space CMYK")
  }

  @Test("codecs that are rarer", arguments: ["lerc", "old-deflate", "zstd-predictor"])
  func codecs(name: String) throws {
    #expect(try TIFF.readVolume(at: Fixture.dialect("codec-\(name)")).voxels == Fixture.ramp())
  }

  @Test("LZMA in tiles, logarithmic luminance and pixels")
  func otherCodecs() throws {
    let tiles = Extent(depth: 2, height: 19, width: 37)
    #expect(
      try TIFF.readVolume(at: Fixture.dialect("codec-lzma-tiles")).voxels == Fixture.ramp(tiles))
    let plane = Extent(depth: 1, height: 5, width: 7)
    let log = try TIFF.readVolume(at: Fixture.dialect("codec-pixarlog"))
    // PixarLog keeps 11 bits on a logarithmic scale.
    #expect(log.extent == Extent(depth: 1, height: 1, width: 7))
    #expect(zip(log.voxels, Fixture.ramp(log.extent)).allSatisfy { abs($0 - $1) <= 1 })
    let luminance = try TIFF.readVolume(at: Fixture.dialect("codec-sgilog"))
    #expect(luminance.extent == plane)
    // LogL steps are 0.27 %.
    #expect(
      zip(luminance.voxels, Fixture.ramp(plane)).allSatisfy { abs($0 / ($1 + 1) - 1) < 0.003 })
  }

  @Test("fax and JBIG codecs of bits", arguments: ["rle", "rlew", "fax3", "fax4", "jbig"])
  func bitCodecs(name: String) throws {
    let extent = Extent(depth: 1, height: 16, width: 24)
    let expected = Fixture.ramp(extent).map { Float(Int($0) % 3 == 0 ? 1 : 0) }
    #expect(try TIFF.readVolume(at: Fixture.dialect("codec-\(name)")).voxels == expected)
  }

  @Test("a codec that libtiff does not have")
  func missingCodec() {
    let error = #expect(throws: TIFFError.self) {
      try TIFF.info(at: Fixture.dialect("codec-jpeg2000"))
    }
    #expect(error?.kind == .unsupported && error?.found == "JPEG 2000")
  }

  @Test(
    "ImageJ hyperstacks of any axes",
    arguments: ["yx", "tyx", "zyx", "cyx", "tzyx", "tcyx", "zcyx", "tzcyx"])
  func imageJ(axes: String) throws {
    let stack = try TIFFStack(opening: Fixture.dialect("imagej-\(axes)"))
    let extent = Extent(depth: axes.contains("z") ? 3 : 1, height: 5, width: 7)
    #expect(stack.info.extent == extent)
    #expect(stack.info.frames == (axes.contains("t") ? 2 : 1))
    #expect(stack.info.channels == (axes.contains("c") ? 2 : 1))
    #expect(stack.info.calibration.x == 0.8)
    #expect(stack.info.frameInterval == 600)
    for t in 0..<stack.info.frames {
      for c in 0..<stack.info.channels {
        #expect(
          try stack.readVolume(channel: c, frame: t).voxels == Fixture.ramp(extent, t: t, c: c))
      }
    }
  }

  @Test(
    "OME-TIFF in every order of dimensions, with units",
    arguments: ["zct", "ztc", "czt", "ctz", "tzc", "tcz"])
  func ome(order: String) throws {
    let stack = try TIFFStack(opening: Fixture.dialect("ome-xy\(order)"))
    #expect(stack.info.dialect == .ome)
    #expect(stack.info.voxelSize == VoxelSize(x: 0.8, y: 0.8, z: 1.75))
    #expect(stack.info.frameInterval == 600)
    for t in 0..<2 {
      for c in 0..<2 {
        #expect(try stack.readVolume(channel: c, frame: t).voxels == Fixture.ramp(t: t, c: c))
      }
    }
  }

  @Test("TiffData with offsets, and several images", arguments: ["ome-offsets", "ome-two-images"])
  func omePages(name: String) throws {
    let volume = try TIFF.readVolume(at: Fixture.dialect(name))
    #expect(volume.voxels == Fixture.ramp())
  }

  /// As `tifffile.imread`, which reads the first series.
  @Test("of several arrays in one file the first is read and the others are named")
  func series() throws {
    let stack = try TIFFStack(opening: Fixture.dialect("shaped-series"))
    #expect(stack.info.extent == Extent(depth: 3, height: 5, width: 7) && stack.info.pages == 6)
    #expect(try stack.readVolume().voxels == Fixture.ramp())
    #expect(
      stack.info.notes == [
        "the file holds 3 images: the first is read, with the pages up to 3; the others begin at "
          + "page 4 (2 × 4 × 4), page 6 (9 × 13); save them as files of their own to read them"
      ])
    let alike = try TIFFStack(opening: Fixture.dialect("shaped-series-alike"))
    #expect(alike.info.frames == 1 && alike.info.extent.depth == 3 && alike.info.notes.count == 1)
    #expect(try alike.readVolume().voxels == Fixture.ramp())
    // Planes that were written one by one are a stack.
    let planes = try TIFF.info(at: Fixture.tiff("layout-separate-writes"))
    #expect(planes.extent.depth == 3 && planes.notes.isEmpty)
  }

  @Test("sets of files are recognized")
  func omeSets() {
    for (name, found) in [
      ("ome-set-by-uuid", "a set of 3 files"),
      ("ome-companion", "a set whose metadata are in 'embryo.companion.ome'"),
    ] {
      let error = #expect(throws: TIFFError.self) { try TIFF.info(at: Fixture.dialect(name)) }
      #expect(error?.found == found)
      #expect(error?.advice == "save the set as one OME-TIFF")
    }
  }

  @Test("one page before more than 4 GB of bare voxels, as ImageJ writes them")
  func beyondFourGigabytes() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/large.tif"
      // 530 frames of 8 planes of 1024²: 4.4 GB, most of which is a hole in the file.
      let frames = 530
      let plane = 1024 * 1024
      let header = try Data(
        contentsOf: URL(fileURLWithPath: Fixture.dialect("imagej-large-header")))
      try header.write(to: URL(fileURLWithPath: path))
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      let start = UInt64(header.count)
      let last = start + UInt64((frames * 8 - 1) * plane)
      try file.seek(toOffset: last)
      try file.write(contentsOf: Data(repeating: 7, count: plane))
      try file.close()
      let stack = try TIFFStack(opening: path)
      #expect(stack.info.frames == frames)
      #expect(stack.info.extent == Extent(depth: 8, height: 1024, width: 1024))
      #expect(stack.info.voxelSize == VoxelSize(x: 0.8, y: 0.8, z: 1.75))
      let volume = try stack.readVolume(frame: frames - 1)
      #expect(volume.voxels[(7 * plane)...].allSatisfy { $0 == 7 })
      #expect(volume.voxels[..<(7 * plane)].allSatisfy { $0 == 0 })
      // One byte less is an error, before anything is read.
      try #require(truncate(path, Int(last) + plane - 1) == 0)
      #expect(throws: TIFFError.self) { try TIFFStack(opening: path) }
    }
  }
}
