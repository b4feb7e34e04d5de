import Foundation
import Microscopy
import TestSupport
import Testing

/// `morula measure` from label files to tables.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct MeasureTests {
  static let extent = Extent(depth: 4, height: 6, width: 8)
  static let size = VoxelSize(x: 0.5, y: 1, z: 2)

  /// Boxes under labels 3 and 300, one plane, row and column further with every `shift`.
  static func labels(shift: Int, voxelSize: VoxelSize? = size) -> LabelVolume {
    var labels = LabelVolume(repeating: 0, extent: extent, voxelSize: voxelSize)
    for z in 0..<2 {
      for y in 0..<2 {
        for x in 0..<2 {
          labels[z + 1, y + 1, x + shift] = 3
          labels[z + 1, y + 4, x + 5] = 300
        }
      }
    }
    return labels
  }

  private static func rows(_ text: String) -> [[String: String]] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    let header = (lines.first ?? "").split(separator: ",").map(String.init)
    return lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(zip(header, cells), uniquingKeysWith: { first, _ in first })
    }
  }

  private static func run(
    _ place: TestFolder, _ arguments: String...
  ) throws -> MorulaCommand.Result {
    try MorulaCommand.run(["measure"] + arguments, in: place)
  }

  private static func text(_ place: TestFolder, _ name: String) throws -> String {
    try String(contentsOfFile: place.path + "/" + name, encoding: .utf8)
  }

  /// Two frames of one series and one of another, t10 after t2.
  static func folder() throws -> TestFolder {
    let place = try TestFolder()
    for folder in ["labels", "images"] { try place.write(to: folder + "/.keep") }
    for (name, shift) in [("A_t2", 1), ("A_t10", 2), ("B_t1", 0)] {
      try TIFF.write(labels(shift: shift), to: "\(place.path)/labels/\(name).tif")
      let image = labels(shift: shift).map { Float($0) * 2 + 1 }
      try TIFF.write(image, to: "\(place.path)/images/\(name).tif")
    }
    return place
  }

  @Test func series() throws {
    let place = try Self.folder()
    let result = try Self.run(
      place, "labels", "--image", "images", "--frame-interval", "600", "--output", "out")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("A: 2 frames, 2 nuclei, mean volume 8 µm³"), "\(result.errors)")
    #expect(result.errors.contains("6 nuclei in 3 of 3 frames measured"), "\(result.errors)")

    let nuclei = Self.rows(try Self.text(place, "out/nuclei.csv"))
    #expect(nuclei.map { $0["series"] } == ["A", "A", "A", "A", "B", "B"])
    #expect(nuclei.map { $0["frame"] } == ["2", "2", "10", "10", "1", "1"])
    #expect(nuclei.map { $0["time_s"] } == ["0.0", "0.0", "4800.0", "4800.0", "0.0", "0.0"])
    #expect(nuclei.map { $0["label"] } == ["3", "300", "3", "300", "3", "300"])
    let first = try #require(nuclei.first)
    for (column, value) in [
      ("num_pixels", "8"), ("area", "8.0"), ("bbox-2", "1"), ("bbox-5", "3"),
      ("centroid-0", "3.0"), ("centroid-1", "1.5"), ("centroid-2", "0.75"), ("solidity", "1.0"),
      ("surface_voxels", "8"), ("touches_border", "False"), ("intensity_mean", "7.0"),
      ("intensity_std", "0.0"), ("intensity_sum", "56.0"),
    ] {
      #expect(first[column] == value, "\(column)")
    }
    #expect(nuclei[1]["touches_border"] == "True")

    let criteria = try Self.text(place, "out/A/criteria.csv").split(separator: "\n")
    #expect(criteria.count == 3)
    #expect(criteria[1].hasPrefix("2,2,16.0,8.0,0.0,"), "\(criteria[1])")
    #expect(criteria[2].hasPrefix("10,2,16.0,8.0,0.0,"), "\(criteria[2])")
    #expect(criteria[2].contains("\"[1.25, 2.75]\""), "\(criteria[2])")
    #expect(try Self.text(place, "out/B/criteria_v2.csv").contains("\n1,2,16.0,8.0,0.0,"))
  }

  /// Labels alone, with the voxel size from the command; the tables lie in the folder itself.
  @Test func oneSeriesWithoutImage() throws {
    let place = try TestFolder()
    try TIFF.write(Self.labels(shift: 1, voxelSize: nil), to: place.path + "/mask.tif")
    CommandErrorTests.expectFailure(
      try Self.run(place, "mask.tif", "--output", "out"),
      "mask.tif: does not state its voxel size; give it in µm with --voxel-size x,y,z")
    let result = try Self.run(
      place, "mask.tif", "--voxel-size", "0.5,1,2", "--output", "out")
    #expect(result.status == 0, "\(result.errors)")
    let nuclei = Self.rows(try Self.text(place, "out/nuclei.csv"))
    #expect(nuclei.count == 2 && nuclei[0]["area"] == "8.0" && nuclei[0]["time_s"] == "")
    #expect(nuclei[0]["intensity_mean"] == nil)
    #expect(try Self.text(place, "out/criteria.csv").hasPrefix("time point,Count,"))
    #expect(try Self.text(place, "out/criteria_v2.csv").hasPrefix("time_point,number,"))
  }

  /// The scale of the image serves labels that have none.
  @Test func voxelSizeOfTheImage() throws {
    let place = try TestFolder()
    try TIFF.write(Self.labels(shift: 1, voxelSize: nil), to: place.path + "/mask.tif")
    try TIFF.write(Self.labels(shift: 1).map { Float($0) }, to: place.path + "/raw.tif")
    // Names differ, but there is one of each.
    let result = try Self.run(place, "mask.tif", "--image", "raw.tif", "--output", "out")
    #expect(result.status == 0, "\(result.errors)")
    let nuclei = Self.rows(try Self.text(place, "out/nuclei.csv"))
    #expect(nuclei.map { $0["area"] } == ["8.0", "8.0"])
    #expect(nuclei.map { $0["intensity_max"] } == ["3.0", "300.0"])
  }

  /// Labels and images of other programs belong together by their numbers.
  @Test func pairsByNumber() throws {
    let place = try TestFolder()
    for folder in ["labels", "images"] { try place.write(to: folder + "/.keep") }
    func write(_ kind: String, _ numbers: [Int]) throws {
      for number in numbers {
        let labels = Self.labels(shift: 1)
        if kind == "images" {
          let image = labels.map { _ in Float(number) }
          try TIFF.write(image, to: "\(place.path)/images/img_0\(number).tif")
        } else {
          try TIFF.write(labels, to: "\(place.path)/labels/mask_0\(number).tif")
        }
      }
    }
    try write("labels", [10, 11, 13])
    try write("images", [10, 11, 12])
    CommandErrorTests.expectFailure(
      try Self.run(place, "labels", "--image", "images", "--output", "out"),
      "labels/mask_013.tif: has no image 'mask_013' in images")
    try write("images", [13])
    let result = try Self.run(place, "labels", "--image", "images", "--output", "out")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("note: 1 image without labels, left out: img_012"))
    let nuclei = Self.rows(try Self.text(place, "out/nuclei.csv"))
    #expect(
      nuclei.map { $0["intensity_mean"] } == ["10.0", "10.0", "11.0", "11.0", "13.0", "13.0"])
  }

  /// A series whose voxel size is impossible fails alone, with what was read and where.
  @Test(arguments: ["1e-300", "1e-7", "5000", "1e300"]) func impossibleScale(edge: String) throws {
    let place = try TestFolder()
    try place.write(to: "in/.keep")
    try TIFF.write(Self.labels(shift: 1), to: place.path + "/in/A_t1.tif")
    let xml =
      "<OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\"><Image ID=\"Image:0\">"
      + "<Pixels ID=\"Pixels:0\" DimensionOrder=\"XYZCT\" Type=\"uint8\" SizeX=\"2\" SizeY=\"2\" "
      + "SizeZ=\"2\" SizeC=\"1\" SizeT=\"1\" PhysicalSizeX=\"\(edge)\" PhysicalSizeY=\"\(edge)\" "
      + "PhysicalSizeZ=\"\(edge)\"><TiffData/></Pixels></Image></OME>"
    let start = TIFFBytes.dataStart
    try TIFFBytes(
      [
        TIFFBytes.page(width: 2, height: 2, offsets: [start], sizes: [4], description: xml),
        TIFFBytes.page(width: 2, height: 2, offsets: [start], sizes: [4]),
      ], data: [1, 1, 0, 0]
    ).file.write(to: URL(filePath: place.path + "/in/B_t1.tif"))
    let result = try Self.run(place, "in", "--output", "out")
    CommandErrorTests.expectFailure(
      result, "in/B_t1.tif: states a voxel of x = ",
      "(PhysicalSizeX, Y and Z), which is impossible",
      "give it in µm with --voxel-size", status: 2)
    #expect(result.errors.contains("A: 1 frame, 2 nuclei"))
    let segmented = try MorulaCommand.run(
      ["segment", "in", "--method", "classical", "--output", "seg"], in: place)
    #expect(segmented.status == 2 && segmented.errors.contains("1 of 2 frames"))
    let given = try Self.run(place, "in", "--voxel-size", "1,1,2", "--output", "out2")
    #expect(given.status == 0, "\(given.errors)")
    let option = try Self.run(place, "in", "--voxel-size", "\(edge),1,1", "--output", "out3")
    #expect(option.status == 64, "\(option.errors)")
  }

  /// A mask is noticed, on either side of an evaluation too.
  @Test func masks() throws {
    let place = try TestFolder()
    let mask = Self.labels(shift: 1).map { $0 == 0 ? UInt32(0) : 255 }
    try TIFF.write(mask, to: place.path + "/mask.tif")
    let result = try Self.run(place, "mask.tif", "--output", "out")
    #expect(result.status == 0)
    #expect(
      result.errors.contains("note: mask has a single label, 255, in 2 pieces"), "\(result.errors)")
    let evaluation = try MorulaCommand.run(
      ["evaluate", "--prediction", "mask.tif", "--truth", "mask.tif"], in: place)
    #expect(
      evaluation.errors.contains("note: mask.tif (and 1 more image) has a single label, 255"),
      "\(evaluation.errors)")
  }

  @Test func mistakes() throws {
    let place = try Self.folder()
    CommandErrorTests.expectFailure(
      try Self.run(place, "absent.tif", "--output", "out"), "absent.tif: there is no such file")
    try FileManager.default.removeItem(atPath: place.path + "/images/A_t10.tif")
    CommandErrorTests.expectFailure(
      try Self.run(place, "labels", "--image", "images", "--output", "out"),
      "labels/A_t10.tif: has no image 'A_t10' in images; give labels and images equal names")
    // One frame with another extent and one that is not a label image do not stop the rest.
    let wide = Volume<Float>(
      repeating: 1.5, extent: Extent(depth: 4, height: 6, width: 9), voxelSize: Self.size)
    try TIFF.write(wide, to: place.path + "/images/A_t10.tif")
    let differing = try Self.run(place, "labels", "--image", "images", "--output", "out")
    CommandErrorTests.expectFailure(
      differing,
      "labels/A_t10.tif: has 4 × 6 × 8 voxels (z, y, x), but its image images/A_t10.tif has 4 × 6 × 9",
      status: 2)
    #expect(differing.errors.contains("A: 1 frame, 2 nuclei, mean volume 8 µm³, 1 failed"))
    #expect(Self.rows(try Self.text(place, "out/nuclei.csv")).count == 4)
    try TIFF.write(wide, to: place.path + "/labels/B_t1.tif")
    CommandErrorTests.expectFailure(
      try Self.run(place, "labels", "--output", "other"), "labels/B_t1.tif",
      "whole numbers from 0", status: 2)
    let result = try Self.run(place, "labels", "--channel", "1", "--output", "out")
    #expect(result.status == 64 && result.errors.contains("--channel"), "\(result.errors)")
  }
}
