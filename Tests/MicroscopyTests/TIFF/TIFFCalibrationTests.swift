import Foundation
import Microscopy
import Testing

@Suite("Physical scale of TIFF files")
struct TIFFCalibrationTests {
  static let usual = VoxelSize(x: 0.8, y: 0.8, z: 1.75)

  @Test(
    "voxel size, by dialect and unit",
    arguments: [
      ("imagej-hyperstack", VoxelSize?.some(usual)), ("imagej-big-endian", usual),
      ("imagej-labels", VoxelSize(x: 0.8, y: 0.8, z: 2)), ("imagej-escaped-unit", usual),
      ("imagej-nanometers", VoxelSize(x: 0.2, y: 0.25, z: 0.5)),
      ("imagej-itself", VoxelSize(x: 0.65, y: 0.65, z: 1)),
      ("imagej-pixels", nil), ("imagej-no-unit", nil), ("imagej-no-spacing", nil),
      ("ome-tzcyx", usual), ("ome-tczyx", usual), ("ome-nanometers", usual),
      ("ome-default-unit", usual), ("ome-reversed-pages", usual), ("ome-no-scale", nil),
      ("shaped-json", nil), ("shaped-json-scale", usual), ("shaped-old", nil), ("plain", nil),
    ])
  func voxelSize(name: String, expected: VoxelSize?) throws {
    let info = try TIFF.info(at: Fixture.tiff(name))
    #expect(info.voxelSize == expected)
    #expect(try TIFFStack(opening: Fixture.tiff(name)).readVolume().voxelSize == expected)
  }

  @Test("what is stated is kept even where the voxel is incomplete")
  func partial() throws {
    let calibration = try TIFF.info(at: Fixture.tiff("imagej-no-spacing")).calibration
    #expect(calibration.x == 0.8)
    #expect(calibration.z == nil)
    #expect(calibration.source == .imageJ)
    #expect(try TIFF.info(at: Fixture.tiff("plain")).calibration == .none)
  }

  @Test("frame interval in seconds")
  func frameInterval() throws {
    for name in ["imagej-hyperstack", "imagej-itself", "ome-tzcyx"] {
      #expect(try TIFF.info(at: Fixture.tiff(name)).frameInterval == 600, "\(name)")
    }
    #expect(try TIFF.info(at: Fixture.tiff("ome-tczyx")).frameInterval == nil)
  }

  @Test(
    "dialect, axes and source",
    arguments: [
      ("imagej-hyperstack", TIFFDialect.imageJ, [StackAxis.t, .z, .c]),
      ("ome-tzcyx", .ome, [.t, .z, .c]), ("ome-tczyx", .ome, [.t, .c, .z]),
      ("shaped-json-ctzyx", .tifffile, [.c, .t, .z]), ("shaped-old", .tifffile, [.z]),
      ("shaped-stale", .plain, [.t, .z, .c]), ("plain", .plain, [.t, .z, .c]),
    ])
  func dialects(name: String, dialect: TIFFDialect, order: [StackAxis]) throws {
    let info = try TIFF.info(at: Fixture.tiff(name))
    #expect(info.dialect == dialect)
    #expect(info.order == order)
  }

  /// Reads a fixture in which a text was replaced by bytes of the same number.
  private func patched(_ name: String, _ old: String, _ new: [UInt8]) throws -> TIFFInfo {
    try Fixture.withFolder { folder in
      var data = try Data(contentsOf: URL(fileURLWithPath: Fixture.tiff(name)))
      let range = try #require(data.range(of: Data(old.utf8)), "\(name)")
      precondition(new.count == old.utf8.count)
      data.replaceSubrange(range, with: new)
      try data.write(to: URL(fileURLWithPath: folder + "/a.tif"))
      return try TIFF.info(at: folder + "/a.tif")
    }
  }

  @Test("a micro sign in Latin-1, and units that are no lengths")
  func units() throws {
    let latin1 = try patched("imagej-hyperstack", "unit=um", Array("unit=".utf8) + [0xB5, 0x6D])
    #expect(latin1.voxelSize == Self.usual)
    let utf8 = try patched("imagej-labels", "unit=micron", Array("unit=µm    ".utf8.prefix(11)))
    #expect(utf8.voxelSize == VoxelSize(x: 0.8, y: 0.8, z: 2))
    for unit in ["pixel ", "furlon", "      "] {
      let info = try patched("imagej-labels", "unit=micron", Array("unit=\(unit)".utf8))
      #expect(info.voxelSize == nil, "\(unit)")
    }
    let negative = try patched("imagej-hyperstack", "spacing=1.75", Array("spacing=-1.7".utf8))
    #expect(negative.voxelSize?.z == 1.7)
    let zero = try patched("imagej-hyperstack", "spacing=1.75", Array("spacing=0.00".utf8))
    #expect(zero.voxelSize == nil)
  }
}
