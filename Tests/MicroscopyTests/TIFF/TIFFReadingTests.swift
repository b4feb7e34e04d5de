import Foundation
import Microscopy
import Testing

@Suite("TIFF files written by tifffile and imagecodecs")
struct TIFFReadingTests {
  @Test(
    "every sample type",
    arguments: [
      (SampleType.uint8, Float(0)), (.int8, -64), (.uint16, 40000), (.int16, -64),
      (.uint32, 100_000), (.int32, -100_000), (.float16, 0.5), (.float32, -0.25),
      (.float64, 0.125),
    ])
  func sampleTypes(type: SampleType, offset: Float) throws {
    let path = Fixture.tiff("type-\(type)")
    #expect(try TIFF.info(at: path).sampleType == type)
    #expect(try TIFF.readVolume(at: path).voxels == Fixture.ramp(offset: offset))
  }

  @Test("bits, padded to whole bytes per row")
  func bits() throws {
    let narrow = try TIFF.readVolume(at: Fixture.tiff("type-bit"))
    #expect(try TIFF.info(at: Fixture.tiff("type-bit")).sampleType == .bit)
    #expect(
      narrow.voxels == Fixture.ramp().map { $0.truncatingRemainder(dividingBy: 2) == 1 ? 1 : 0 })
    let wide = try TIFF.readVolume(at: Fixture.tiff("type-bit-wide"))
    let expected = Fixture.ramp(wide.extent).map { $0.truncatingRemainder(dividingBy: 3) == 0 }
    #expect(wide.extent == Extent(depth: 2, height: 3, width: 19))
    #expect(wide.voxels == expected.map { $0 ? 1 : 0 })
  }

  @Test(
    "every lossless codec",
    arguments: ["lzw", "deflate", "deflate-predictor", "packbits", "zstd", "lzma"])
  func codecs(name: String) throws {
    #expect(try TIFF.readVolume(at: Fixture.tiff("codec-\(name)")).voxels == Fixture.ramp())
  }

  @Test("floating-point predictor")
  func floatPredictor() throws {
    let volume = try TIFF.readVolume(at: Fixture.tiff("codec-float-predictor"))
    #expect(volume.voxels == Fixture.ramp(offset: -0.25))
  }

  @Test("JPEG, within its loss")
  func jpeg() throws {
    let volume = try TIFF.readVolume(at: Fixture.tiff("codec-jpeg"))
    #expect(volume.extent == Extent(depth: 2, height: 16, width: 16))
    #expect(volume.voxels.allSatisfy { abs($0 - 100) <= 1 })
  }

  @Test(
    "strips and tiles",
    arguments: [
      ("strips", Extent(depth: 3, height: 13, width: 7), false),
      ("tiles", Extent(depth: 2, height: 19, width: 37), true),
      ("tiles-deflate", Extent(depth: 2, height: 19, width: 37), true),
    ])
  func layouts(name: String, extent: Extent, isTiled: Bool) throws {
    let path = Fixture.tiff("layout-\(name)")
    let volume = try TIFF.readVolume(at: path)
    #expect(volume.extent == extent)
    #expect(volume.voxels == Fixture.ramp(extent))
    #expect(try TIFF.info(at: path).isTiled == isTiled)
  }

  @Test(
    "byte orders and BigTIFF",
    arguments: [
      ("big-endian", TIFFInfo.ByteOrder.bigEndian, false, Float(0)),
      ("big-endian-float", .bigEndian, false, -0.25),
      ("big-endian-lzw", .bigEndian, false, 0),
      ("bigtiff", .littleEndian, true, 0), ("bigtiff-big-endian", .bigEndian, true, 0),
      ("truncated", .littleEndian, false, 0), ("separate-writes", .littleEndian, false, 0),
      ("min-is-white", .littleEndian, false, 0),
    ])
  func containers(
    name: String, order: TIFFInfo.ByteOrder, isBig: Bool, offset: Float
  ) throws {
    let path = Fixture.tiff("layout-\(name)")
    let info = try TIFF.info(at: path)
    #expect(info.byteOrder == order)
    #expect(info.isBigTIFF == isBig)
    #expect(try TIFF.readVolume(at: path).voxels == Fixture.ramp(offset: offset))
  }

  @Test(
    "each frame and channel of a hyperstack, whatever the order of pages",
    arguments: [
      "imagej-hyperstack", "imagej-hyperstack-deflate", "ome-tzcyx", "ome-tczyx",
      "shaped-json-tzcyx", "shaped-json-ctzyx",
    ])
  func hyperstacks(name: String) throws {
    let stack = try TIFFStack(opening: Fixture.tiff(name))
    #expect(stack.info.frames == 2)
    #expect(stack.info.channels == 2)
    #expect(stack.info.extent == Extent(depth: 3, height: 5, width: 7))
    for t in 0..<2 {
      for c in 0..<2 {
        let volume = try stack.readVolume(channel: c, frame: t)
        #expect(volume.voxels == Fixture.ramp(t: t, c: c), "frame \(t), channel \(c)")
      }
    }
    let one = try TIFF.readVolume(at: Fixture.tiff(name), channel: 1, frame: 1)
    #expect(one.voxels == Fixture.ramp(t: 1, c: 1))
  }

  @Test("one ImageJ page stands for a contiguous stack", arguments: ["", "-big-endian"])
  func contiguous(suffix: String) throws {
    let path = Fixture.tiff("imagej-contiguous\(suffix)")
    let volume = try TIFF.readVolume(at: path)
    #expect(volume.voxels == Fixture.ramp())
    #expect(volume.voxelSize == VoxelSize(x: 0.8, y: 0.8, z: 1.75))
    #expect(try TIFF.info(at: path).pages == 1)
  }

  @Test(
    "planes of files that describe themselves in other ways",
    arguments: [
      "ome-reversed-pages", "shaped-old", "shaped-stale", "shaped-json", "shaped-json-no-axes",
      "plain",
    ])
  func planes(name: String) throws {
    #expect(try TIFF.readVolume(at: Fixture.tiff(name)).voxels == Fixture.ramp())
  }

  @Test("four dimensions without names are frames and planes")
  func fourDimensions() throws {
    let volume = try TIFF.readVolume(at: Fixture.tiff("shaped-json-4d"), frame: 1)
    #expect(volume.voxels == Fixture.ramp(t: 1))
  }

  @Test("one page is a volume of one plane")
  func singlePage() throws {
    let extent = Extent(depth: 1, height: 5, width: 7)
    let volume = try TIFF.readVolume(at: Fixture.tiff("plain-single"))
    #expect(volume.extent == extent)
    #expect(volume.voxels == Fixture.ramp(extent))
  }

  @Test("labels are whole numbers from 0")
  func labels() throws {
    let labels = try TIFF.readLabels(at: Fixture.tiff("type-uint16"))
    #expect(labels.voxels == Fixture.ramp(offset: 40000).map { UInt32($0) })
    #expect(try TIFF.readLabels(at: Fixture.tiff("type-uint32")).voxels[0] == 100_000)
    for (name, value) in [("int8", "-64"), ("float32", "-0.25"), ("float16", "0.5")] {
      let error = #expect(throws: TIFFError.self) {
        try TIFF.readLabels(at: Fixture.tiff("type-\(name)"))
      }
      #expect(error?.found == value)
      #expect(error?.page == 1)
    }
  }
}
