import Foundation
import Microscopy
import Testing

@Suite("OME-XML of many programs")
struct OMEDescriptionTests {
  private func xml(
    order: String = "XYZCT", _ sizes: String, data: String = "",
    scale: String = "PhysicalSizeX=\"0.5\" PhysicalSizeY=\"0.5\" PhysicalSizeZ=\"2\""
  ) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
      + "<OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\"><Image ID=\"Image:0\">"
      + "<Pixels ID=\"Pixels:0\" DimensionOrder=\"\(order)\" Type=\"uint16\" SizeX=\"5\" SizeY=\"4\" "
      + "\(sizes) \(scale)>\(data)</Pixels></Image></OME>"
  }

  /// tifffile reads what DimensionOrder names; ilastik before 2018 left out the other axes.
  @Test(
    "axes that the data have not may be left out",
    arguments: [
      ("XYCZ", "SizeZ='4' SizeC='1'", "zc", 4), ("XYZ", "SizeZ='4'", "z", 4), ("XY", "", "", 1),
      ("XYZCT", "SizeZ='4'", "tcz", 4), ("XYZCT", "SizeZ='4' SizeT='1'", "tcz", 4),
      ("XYCZT", "SizeC='1' SizeZ='2'", "tzc", 2), ("xyzct", "SizeZ='2'", "tcz", 2),
      ("XYTZ", "SizeT='1' SizeZ='3'", "zt", 3),
    ])
  func missingAxes(order: String, sizes: String, named: String, depth: Int) throws {
    let info = try DescribedTIFF(depth, xml(order: order, sizes)).info()
    #expect(info.dialect == .ome && info.extent.depth == depth)
    #expect(info.frames == 1 && info.channels == 1)
    #expect(info.order.map(\.rawValue).joined().hasSuffix(named))
    #expect(info.voxelSize == VoxelSize(x: 0.5, y: 0.5, z: 2))
  }

  @Test("an order that contradicts the sizes, and sizes that are not numbers, are errors")
  func wrongAxes() {
    let order = DescribedTIFF(12, xml(order: "XYZC", "SizeZ='4' SizeC='1' SizeT='3'")).error()
    #expect(order.contains("expected a DimensionOrder that names T, of which SizeT is 3"))
    for wrong in ["ZYX", "XYZZ", "XYZCTQ", "XYZCTZ", ""] {
      #expect(
        DescribedTIFF(4, xml(order: wrong, "SizeZ='4'")).error()
          .contains("expected a DimensionOrder such as XYZCT, found '\(wrong)'"), "\(wrong)")
    }
    for size in ["0", "-1", "four", "4.0", ""] {
      #expect(
        DescribedTIFF(4, xml("SizeZ='\(size)'")).error()
          .contains("expected a positive SizeZ in the OME-XML, found '\(size)'"), "\(size)")
    }
  }

  @Test("NumPlanes is what PlaneCount was called at first")
  func numPlanes() throws {
    let sizes = "SizeZ='3' SizeC='2' SizeT='2'"
    for data in [
      "<TiffData IFD='0' NumPlanes='12'/>", "<TiffData IFD='0' NumPlanes='1' PlaneCount='12'/>",
      "<TiffData NumPlanes='12'/>",
      "<TiffData IFD='0' NumPlanes='6'/>"
        + "<TiffData IFD='6' FirstT='1' NumPlanes='6'/>",
    ] {
      let stack = try DescribedTIFF(12, xml(sizes, data: data)).stack()
      #expect(stack.info.extent.depth == 3 && stack.info.frames == 2 && stack.info.channels == 2)
      #expect(throws: Never.self) { try stack.checkPlanes() }
    }
  }

  @Test("OME-XML in UTF-16, with and without a byte-order mark; with a wrong declaration")
  func encodings() throws {
    let text = xml("SizeZ='4'", scale: "PhysicalSizeX='0.5' PhysicalSizeXUnit='µm'")
      .replacingOccurrences(of: "UTF-8", with: "UTF-16")
    for (encoding, mark) in [
      (String.Encoding.utf16LittleEndian, [0xFF, 0xFE]), (.utf16BigEndian, [0xFE, 0xFF]),
      (.utf16LittleEndian, []), (.utf16BigEndian, []), (.utf8, []), (.utf8, [0xEF, 0xBB, 0xBF]),
      (.isoLatin1, []),
    ] as [(String.Encoding, [UInt8])] {
      var file = DescribedTIFF(4)
      file.descriptions = [mark + (try #require(text.data(using: encoding)))]
      let info = try file.info()
      #expect(info.dialect == .ome && info.extent.depth == 4, "\(encoding)")
      #expect(info.calibration.x == 0.5, "\(encoding)")
    }
  }

  @Test("a plane beyond the sizes is said, and the pages of the others are read")
  func beyondSizes() throws {
    let data = (0..<4).map { "<TiffData IFD='\($0)' FirstC='\($0 / 2)' FirstZ='\($0 % 2)'/>" }
      .joined()
    let stack = try DescribedTIFF(4, xml("SizeZ='2' SizeC='1' SizeT='1'", data: data)).stack()
    #expect(stack.info.extent.depth == 2)
    #expect(
      stack.info.notes == [
        "2 pages are left out, as TiffData give page 3 to frame 1, channel 2, plane 1, beyond "
          + "SizeC = 1, SizeT = 1, SizeZ = 2"
      ])
    // One element for more pages than there are planes.
    let long = try DescribedTIFF(
      4, xml("SizeZ='2'", data: "<TiffData IFD='0' PlaneCount='4'/>")
    ).info()
    #expect(long.notes.first?.hasPrefix("2 pages are left out, as TiffData give page 3") ?? false)
  }

  /// As Bio-Formats' OMETiffReader: numbers that reach the length and have no 0 count from 1.
  @Test("TiffData that count from 1, or count the samples of colors")
  func otherCounting() throws {
    let ones = (1...4).map { "<TiffData IFD='\($0 - 1)' FirstZ='\($0)' FirstC='1'/>" }.joined()
    let stack = try DescribedTIFF(4, xml("SizeZ='4' SizeC='1' SizeT='1'", data: ones)).stack()
    #expect(throws: Never.self) { try stack.checkPlanes() }
    #expect(
      stack.info.notes == ["TiffData count planes from 1", "TiffData count channels from 1"])
    let colors = (0..<2).map { "<TiffData IFD='\($0)' FirstC='\(3 * $0)'/>" }.joined()
    var file = DescribedTIFF(2, xml("SizeC='6'", data: colors))
    file.samples = 3
    let rgb = try file.stack()
    #expect(rgb.info.channels == 6 && rgb.info.notes.isEmpty)
    #expect(throws: Never.self) { try rgb.checkPlanes() }
  }

  @Test("planes without a page are named, counted from 1")
  func missingPlanes() throws {
    func error(_ data: String, pages: Int, _ sizes: String) throws -> String {
      let stack = try DescribedTIFF(pages, xml(sizes, data: data)).stack()
      do {
        try stack.checkPlanes()
        return ""
      } catch {
        return error.found
      }
    }
    let whole = (0..<8).map { "<TiffData IFD='\($0)' FirstT='\($0 / 4)' FirstZ='\($0 % 4)'/>" }
    #expect(
      try error(whole.joined(), pages: 8, "SizeZ='4' SizeC='1' SizeT='3'")
        == "none for 4 planes: frame 3")
    // Pages 7 and 8 are not in the file.
    #expect(
      try error(whole.joined(), pages: 6, "SizeZ='4' SizeC='1' SizeT='2'")
        == "none for 2 planes: frame 2, plane 3–4")
    let channels = (0..<6).map { "<TiffData IFD='\($0)' FirstC='\($0 / 3)' FirstZ='\($0 % 3)'/>" }
    #expect(
      try error(
        channels.enumerated().filter { $0.offset != 4 }.map(\.element).joined(), pages: 6,
        "SizeZ='3' SizeC='2' SizeT='1'") == "none for 1 plane: frame 1, channel 2, plane 2")
    #expect(
      try error(
        (channels[0..<3] + channels[3..<4]).joined(), pages: 6, "SizeZ='3' SizeC='2' SizeT='1'")
        == "none for 2 planes: frame 1, channel 2, plane 2–3")
  }

  @Test("sizes and units that cannot be read are unknown and named")
  func doubts() throws {
    func calibration(_ scale: String) throws -> Calibration {
      try DescribedTIFF(4, xml("SizeZ='4'", scale: scale)).info().calibration
    }
    let comma = try calibration("PhysicalSizeX='0,5' PhysicalSizeY='0.5' PhysicalSizeZ='0'")
    #expect(comma.x == nil && comma.y == 0.5 && comma.z == nil)
    #expect(
      comma.doubts == [
        "PhysicalSizeX '0,5' is not a number above 0", "PhysicalSizeZ '0' is not a number above 0",
      ])
    let unit = try calibration("PhysicalSizeX='1' PhysicalSizeXUnit='pixel'")
    #expect(unit.doubts == ["PhysicalSizeXUnit 'pixel' is not understood as a length"])
    let frame = try calibration("PhysicalSizeZ='1' PhysicalSizeZUnit='reference frame'")
    #expect(frame.z == nil && frame.doubts.count == 1)
  }

  @Test("of several images the one that lies in this file is read, and it is said")
  func severalImages() throws {
    func image(_ name: String, _ file: String, x: String) -> String {
      "<Image Name='\(name)'><Pixels DimensionOrder='XYZCT' Type='uint16' SizeX='5' SizeY='4' "
        + "SizeZ='3' SizeC='1' SizeT='1' PhysicalSizeX='\(x)'><TiffData IFD='0' PlaneCount='3'>"
        + "<UUID FileName='\(file)'>urn:uuid:\(name)</UUID></TiffData></Pixels></Image>"
    }
    let text =
      "<OME>" + image("first", "pos0.ome.tif", x: "0.1") + image("second", "pos1.ome.tif", x: "0.2")
      + "</OME>"
    let second = try DescribedTIFF(3, text).info(named: "pos1.ome.tif")
    #expect(second.calibration.x == 0.2)
    #expect(second.notes == ["the OME-XML describes 2 images: number 2 ('second') is read"])
    #expect(try DescribedTIFF(3, text).info(named: "pos0.ome.tif").calibration.x == 0.1)
    #expect(try DescribedTIFF(3, text).info(named: "renamed.tif").calibration.x == 0.1)
  }
}
