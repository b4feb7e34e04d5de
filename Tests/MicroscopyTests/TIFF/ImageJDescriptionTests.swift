import Foundation
import Microscopy
import Testing

/// The rules are those of ImageJ 1.53t to 1.54u: `FileOpener.decodeDescriptionString` and
/// `setCalibration`, `TiffDecoder.saveImageDescription`, and java.util.Properties.
@Suite("ImageJ's description, as ImageJ reads it")
struct ImageJDescriptionTests {
  @Test(
    "counts are doubles in the syntax of Java properties",
    arguments: [
      "images=12\nslices=4\nframes=3", "images=12.0\nslices=4.0\nframes=3.0",
      "images = 12\nslices= 4\nframes=3 ", "images:12\nslices : 4\nframes 3",
      "  images=12\n\tslices\t4\r\nframes=3\r", "# slices=9\n! slices=8\nslices=4\nframes=3",
      "sli\\\n   ces=4\nframes=\\\n 3", "slices=9\nslices=4\nframes=3",
      "sl\\u0069ces=\\u0034\nframes=3", "slices=4e0\nframes=.3e1", "slices=4d\nframes=+3.f",
      "channels=0\nslices=4\nframes=3", "images=12\nslices=4.9\nframes=3",
      "info=a\\\\\nslices=4\nframes=3", "images=12\nframes=3\nslices=0",
    ])
  func counts(lines: String) throws {
    let info = try DescribedTIFF(12, "ImageJ=1.53t\n\(lines)\nunit=um\n").info()
    #expect(info.frames == 3 && info.extent.depth == 4 && info.channels == 1)
    #expect(info.notes.isEmpty)
  }

  @Test(
    "a count that is not a number is an error and not 1",
    arguments: [
      "slices=4,0", "slices=", "slices=x", "frames=NaN", "channels=-1", "images=12x", "frames=0x3",
      "slices=1e400", "frames=Infinity",
    ])
  func unreadableCounts(line: String) {
    let error = DescribedTIFF(12, "ImageJ=1.53t\n\(line)\n").error()
    #expect(
      error.contains("expected a number of ") && error.contains("found '\(line)'"), "\(error)")
  }

  @Test("counts that contradict the pages are an error, other numbers of images a note")
  func contradictions() throws {
    for lines in ["images=10", "images=12\nslices=5\nframes=3", "slices=3", "frames=7"] {
      let error = DescribedTIFF(12, "ImageJ=1.53t\n\(lines)\n").error()
      #expect(error.contains("pages, as its description says, found 12"), "\(lines): \(error)")
    }
    let info = try DescribedTIFF(12, "ImageJ=1.53t\nimages=10\nslices=4\nframes=3\n").info()
    #expect(info.frames == 3 && info.extent.depth == 4)
    #expect(
      info.notes == [
        "ImageJ's description says images=10, but its axes and the file have 12"
      ])
  }

  @Test(
    "a spacing that cannot be read is unknown and named",
    arguments: ["0,5", "", "x", "0", "NaN", "1e999", "0.5 um"])
  func unreadableSpacing(text: String) throws {
    let calibration = try DescribedTIFF(3, "ImageJ=1.53t\nslices=3\nunit=micron\nspacing=\(text)\n")
      .resolution(2, 1).info().calibration
    #expect(calibration.x == 0.5 && calibration.y == 0.5)
    #expect(calibration.z == nil && calibration.voxelSize == nil)
    #expect(calibration.doubts == ["spacing '\(text)' is not a number above 0"])
  }

  @Test(
    "without a spacing z is 1 beneath ImageJ's own signature alone",
    arguments: [
      ("1.53t", 1), ("1.54u7", 1), ("1.48s10", 1), ("2.0.0-rc-69/1.52p", 1), ("1.20s", 1),
      ("1.11a", nil), ("", nil), ("2.0", nil), ("1.53", nil), ("MyProgram 1.0", nil), ("x", nil),
      ("1.53t (python)", nil),
    ] as [(String, Double?)])
  func signature(signature: String, z: Double?) throws {
    let info = try DescribedTIFF(3, "ImageJ=\(signature)\nimages=3\nslices=3\nunit=um\n")
      .resolution(2, 1).info()
    #expect(info.dialect == .imageJ && info.extent.depth == 3)
    #expect(info.calibration.x == 0.5)
    #expect(info.calibration.z == z)
  }

  @Test(
    "spacing, as ImageJ reads it",
    arguments: [("-2.5", 2.5), ("2", 2), (" 2.5", 2.5), ("2.5d", 2.5), ("25e-1", 2.5)])
  func spacing(text: String, z: Double) throws {
    let info = try DescribedTIFF(3, "ImageJ=1.53t\nslices=3\nunit=um\nspacing=\(text)\n")
      .resolution(2, 1).info()
    #expect(info.calibration.z == z)
  }

  @Test(
    "units of length",
    arguments: [
      ("um", 1), ("µm", 1), ("\\u00B5m", 1), ("\\u03BCm", 1), ("micron", 1), ("microns", 1),
      ("micrometer", 1), ("micrometre", 1), ("Micron", 1), ("nm", 1e-3), ("mm", 1e3), ("cm", 1e4),
      ("inch", 25_400), ("A", 1e-4), ("\\u00C5", 1e-4),
    ] as [(String, Double)])
  func units(unit: String, factor: Double) throws {
    // Pixels of 0.5 µm and planes of 2 µm.
    let info = try DescribedTIFF(3, "ImageJ=1.53t\nslices=3\nunit=\(unit)\nspacing=\(2 / factor)\n")
      .resolution(
        factor < 1 ? 2 : UInt64(2 * factor), factor < 1 ? UInt64((1 / factor).rounded()) : 1
      ).info()
    let size = try #require(info.voxelSize)
    #expect(abs(size.x / 0.5 - 1) < 1e-12 && abs(size.z / 2 - 1) < 1e-12)
    #expect(info.notes.isEmpty && info.calibration.doubts.isEmpty)
  }

  @Test(
    "units that are not lengths are named",
    arguments: ["pixel", "pixels", "furlong", "Mm", "sec", "µ", "u m", "?m", "\u{FFFD}m"])
  func otherUnits(unit: String) throws {
    let calibration = try DescribedTIFF(3, "ImageJ=1.53t\nslices=3\nunit=\(unit)\nspacing=2\n")
      .resolution(2, 1).info().calibration
    #expect(calibration.voxelSize == nil && calibration.source == nil)
    #expect(calibration.doubts == ["unit '\(unit)' is not understood as a length"])
  }

  /// ImageJ 1.53t writes the first itself: it takes UTF-8 for Latin-1.
  @Test(
    "a unit in a wrong encoding is understood where it can only be one, and named",
    arguments: [
      ("\\u00C2\\u00B5m", "Âµm", "µm"), ("Âµm", "Âµm", "µm"), ("Î¼m", "Î¼m", "μm"),
      ("Ã‚Âµm", "Ã‚Âµm", "µm"), ("¬µm", "¬µm", "µm"), ("Ã…", "Ã…", "Å"), ("ﾂｵm", "ﾂｵm", "µm"),
    ])
  func misreadUnits(text: String, shown: String, meant: String) throws {
    let perMicrometer = meant == "Å" ? 10_000.0 : 1.0
    let spacing = 2 * perMicrometer
    let info = try DescribedTIFF(4, "ImageJ=1.53t\nslices=4\nunit=\(text)\nspacing=\(spacing)\n")
      .resolution(2, UInt64(perMicrometer)).info()
    #expect(info.voxelSize == VoxelSize(x: 0.5, y: 0.5, z: 2))
    #expect(info.notes == ["unit '\(shown)' is read as \(meant)"])
  }

  @Test("units of y and z of their own")
  func otherAxes() throws {
    let text = "ImageJ=1.53t\nslices=3\nunit=um\nspacing=2\n"
    var mixed = DescribedTIFF(3, text + "yunit=nm\nzunit=mm\nspacing=0.25\n").resolution(2, 1)
    mixed.y = (2, 1000)
    #expect(try mixed.info().voxelSize == VoxelSize(x: 0.5, y: 0.5, z: 250))
    let blank = try DescribedTIFF(3, text + "yunit=\nzunit=\n").resolution(2, 1).info()
    #expect(blank.voxelSize == VoxelSize(x: 0.5, y: 0.5, z: 2))
    let odd = try DescribedTIFF(3, text + "zunit=planes\n").resolution(2, 1).info().calibration
    #expect(odd.x == 0.5 && odd.z == nil)
    #expect(odd.doubts == ["zunit 'planes' is not understood as a length"])
  }

  @Test("the frame interval and its unit")
  func interval() throws {
    func info(_ lines: String) throws -> TIFFInfo {
      try DescribedTIFF(3, "ImageJ=1.53t\nframes=3\n\(lines)\n").info()
    }
    #expect(try info("finterval=0.2").frameInterval == 0.2)
    #expect(try info("finterval=10.0\ntunit=min").frameInterval == 600)
    #expect(try info("finterval=0").frameInterval == nil)
    let comma = try info("finterval=0,2")
    #expect(comma.frameInterval == nil)
    #expect(comma.notes == ["the frame interval is unknown: finterval '0,2' is not a number"])
    let long = try info("finterval=1e300")
    #expect(long.frameInterval == nil && long.notes.count == 1)
    #expect(long.notes.first?.contains("1e+300 s is impossible") == true)
    let unit = try info("finterval=2\ntunit=fortnight")
    #expect(unit.frameInterval == nil && unit.notes.count == 1)
    #expect(unit.notes[0].contains("tunit 'fortnight'"))
  }

  /// tifffile writes a user's text as a first ImageDescription, and ImageJ skips short ones.
  @Test("the description may be the second one, or the second text of one")
  func secondText() throws {
    let text = "ImageJ=1.53t\nimages=6\nslices=2\nframes=3\n"
    for described in [
      DescribedTIFF(6, "", text), DescribedTIFF(6, "  \n", text), DescribedTIFF(6, "a note", text),
      DescribedTIFF(6, "\0\(text)"), DescribedTIFF(6, "\u{FEFF}" + text),
    ] {
      let info = try described.info()
      #expect(info.dialect == .imageJ && info.frames == 3 && info.extent.depth == 2)
    }
    let info = try TIFF.info(at: Fixture.dialect("shaped-second-text"))
    #expect(info.dialect == .tifffile && info.extent.depth == 3)
  }

  @Test("BigTIFF")
  func big() throws {
    var file = DescribedTIFF(3, "ImageJ=1.53t\nslices=3\nunit=um\nspacing=2\n")
      .resolution(1_538_461, 1_000_000)
    file.isBig = true
    #expect(try file.info().voxelSize == VoxelSize(x: 0.65, y: 0.65, z: 2))
  }
}
