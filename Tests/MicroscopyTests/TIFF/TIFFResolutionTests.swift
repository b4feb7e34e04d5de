import Compute
import Foundation
import Microscopy
import Testing

@Suite("TIFF's resolution beside ImageJ's unit")
struct TIFFResolutionTests {
  private func info(
    unit: String, _ numerator: UInt64, _ denominator: UInt64, resolutionUnit: UInt64?,
    spacing: Double = 5
  ) throws -> TIFFInfo {
    try DescribedTIFF(3, "ImageJ=1.51d\nimages=3\nslices=3\nspacing=\(spacing)\nunit=\(unit)\n")
      .resolution(numerator, denominator, unit: resolutionUnit).info()
  }

  /// The pixels per unit, as a fraction, of pixels of 0.5 µm where a unit has so many µm.
  private func pixels(of factor: Double) -> (numerator: UInt64, denominator: UInt64) {
    factor < 1 ? (2, UInt64((1 / factor).rounded())) : (UInt64(2 * factor), 1)
  }

  /// `FileOpener.decodeDescriptionString` takes pixels per cm beside exactly `unit=um`.
  @Test("cm beside unit=um is per cm, as Micro-Manager writes it")
  func micrometersPerCentimeter() throws {
    let size = try info(unit: "um", 15_313_935, 1000, resolutionUnit: 3)
    #expect(size.voxelSize == VoxelSize(x: 0.653, y: 0.653, z: 5))
    #expect(size.notes.isEmpty)
    let exact = try info(unit: "um", 12_500, 1, resolutionUnit: 3)
    #expect(exact.voxelSize?.x == 0.8)
  }

  @Test(
    "other units beside cm or inch are read as ImageJ does, and said",
    arguments: [
      ("micron", 3, "cm", 1.0), ("\\u00B5m", 3, "cm", 1), ("nm", 3, "cm", 1e-3),
      ("mm", 3, "cm", 1e3), ("um", 2, "inch", 1), ("micron", 2, "inch", 1), ("cm", 2, "inch", 1e4),
    ] as [(String, UInt64, String, Double)])
  func contradictions(unit: String, tag: UInt64, name: String, factor: Double) throws {
    let (numerator, denominator) = pixels(of: factor)
    let found = try info(
      unit: unit, numerator, denominator, resolutionUnit: tag, spacing: 2 / factor)
    #expect(abs((found.calibration.x ?? 0) / 0.5 - 1) < 1e-12)
    #expect(found.notes.count == 1)
    #expect(found.notes[0].hasPrefix("ResolutionUnit is \(name) where ImageJ's description says"))
  }

  @Test("a fraction of a small denominator is exact")
  func exact() throws {
    let size = try info(unit: "inch", 300, 1, resolutionUnit: 2, spacing: 0.01)
    #expect(abs((size.calibration.x ?? 0) - 25_400 / 300) < 1e-12)
    #expect(try info(unit: "um", 3, 2, resolutionUnit: 1).calibration.x == 1 / 1.5)
    #expect(try info(unit: "um", 20, 13, resolutionUnit: 1).calibration.x == 0.65)
  }

  @Test("units that agree, and files without ResolutionUnit")
  func agreement() throws {
    for (unit, tag, factor) in [
      ("cm", UInt64?(3), 1e4), ("inch", 2, 25_400), ("um", 1, 1), ("um", nil, 1), ("mm", nil, 1e3),
    ] {
      let (numerator, denominator) = pixels(of: factor)
      let found = try info(
        unit: unit, numerator, denominator, resolutionUnit: tag, spacing: 2 / factor)
      #expect(abs((found.calibration.x ?? 0) / 0.5 - 1) < 1e-12, "\(unit)")
      #expect(found.notes.isEmpty, "\(unit)")
    }
  }

  /// `FileOpener.setCalibration` turns cm into µm and leaves a depth of 1 alone.
  @Test("unit=cm with small pixels and a spacing of 1 is 1 µm, as in ImageJ")
  func centimeters() throws {
    let text = "ImageJ=1.53t\nslices=3\nunit=cm\n"
    let absent = try DescribedTIFF(3, text).resolution(20_000, 1, unit: 3).info()
    #expect(absent.voxelSize == VoxelSize(x: 0.5, y: 0.5, z: 1) && absent.notes.count == 1)
    let stated = DescribedTIFF(3, text + "spacing=2.0E-4\n").resolution(20_000, 1, unit: 3)
    #expect(try stated.info().voxelSize == VoxelSize(x: 0.5, y: 0.5, z: 2))
  }

  @Test("72 pixels per inch, and resolutions that are not numbers, are unknown and named")
  func noScale() throws {
    let inch = try info(unit: "um", 720_000, 10_000, resolutionUnit: 2).calibration
    #expect(inch.x == nil && inch.y == nil && inch.z == 5)
    #expect(inch.doubts == ["72 pixels per inch are what programs write without a scale"])
    for (pair, text) in [((0, 0), "0/0"), ((0, 1), "0/1"), ((5, 0), "5/0")]
      as [((UInt64, UInt64), String)]
    {
      let found = try info(unit: "um", pair.0, pair.1, resolutionUnit: 1).calibration
      #expect(found.x == nil && found.y == nil && found.z == 5)
      #expect(
        found.doubts == [
          "XResolution \(text) is not a number above 0",
          "YResolution \(text) is not a number above 0",
        ])
    }
    let none = try DescribedTIFF(3, "ImageJ=1.53t\nslices=3\nunit=um\nspacing=5\n").info()
    #expect(none.calibration.x == nil && none.calibration.z == 5)
    let unitless = try DescribedTIFF(3, "ImageJ=1.53t\nslices=3\nspacing=5\n")
      .resolution(20_000, 1, unit: 3).info().calibration
    #expect(unitless.voxelSize == nil)
    #expect(unitless.doubts == ["ResolutionUnit is cm, but ImageJ's description has no unit"])
  }

  @Test("x and y of their own")
  func axes() throws {
    var file = DescribedTIFF(3, "ImageJ=1.53t\nslices=3\nunit=um\nspacing=2\n").resolution(2, 1)
    file.y = (1_538_461, 1_000_000)
    #expect(try file.info().voxelSize == VoxelSize(x: 0.5, y: 0.65, z: 2))
    file.y = (0, 0)
    let calibration = try file.info().calibration
    #expect(calibration.x == 0.5 && calibration.y == nil)
  }

  /// As `TiffEncoder.writeScale` does: cut to millionths, or to what fills a signed integer.
  private func stored(x: Double, y: Double) -> ((UInt64, UInt64), (UInt64, UInt64)) {
    let (a, b) = (1 / x, 1 / y)
    var scale = 1_000_000.0
    if a * scale > Double(Int32.max) || b * scale > Double(Int32.max) {
      scale = (Double(Int32.max) / max(a, b)).rounded(.towardZero)
    }
    return ((UInt64(a * scale), UInt64(scale)), (UInt64(b * scale), UInt64(scale)))
  }

  @Test(
    "lengths come back from ImageJ's files",
    arguments: [
      0.65, 0.065, 0.0065, 6.5, 65, 499, 0.653, 0.1083, 0.1625, 0.3225, 0.322, 0.24, 0.7, 0.9,
      0.103,
      1.299, 162.5, 108.3, 0.0021, 0.00265, 0.8, 1, 0.5, 0.33, 1.29, 0.06,
      0.2075642,
    ])
  func imageJ(length: Double) throws {
    var file = DescribedTIFF(3, "ImageJ=1.53t\nslices=3\nunit=um\nspacing=2\n")
    (file.x, file.y) = stored(x: length, y: 2 * length)
    let calibration = try file.info().calibration
    #expect(calibration.x == length)
    #expect(calibration.y == 2 * length)
  }

  @Test("random lengths of three digits come back from files that cut, round or keep fractions")
  func random() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<60 {
      let length = Double(Int.random(in: 50...2000, using: &generator)) / 1000
      let y = Double(Int.random(in: 50...2000, using: &generator)) / 1000
      var file = DescribedTIFF(3, "ImageJ=1.53t\nslices=3\nunit=um\nspacing=2\n")
      (file.x, file.y) = stored(x: length, y: y)
      #expect(try file.info().calibration.x == length)
      #expect(try file.info().calibration.y == y)
      file.x = (UInt64((1e6 / length).rounded()), 1_000_000)
      file.y = (UInt64((1e9 / y / 1000).rounded()), 1_000_000)
      #expect(try file.info().calibration.x == length)
      // As tifffile: an exact fraction; 1000/length is one for thousandths.
      file.x = (1000, UInt64((length * 1000).rounded()))
      #expect(try file.info().calibration.x == length)
      // As Bio-Formats: thousandths of pixels per cm.
      file.unit = 3
      file.x = (UInt64(1e7 / length), 1000)
      file.y = file.x
      #expect(try file.info().calibration.x == length)
    }
  }
}
