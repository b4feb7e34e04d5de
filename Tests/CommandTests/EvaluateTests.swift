import Foundation
import Microscopy
import TestSupport
import Testing

/// `morula evaluate` as a user runs it.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct EvaluateTests {
  /// Two true volumes, one of which is predicted with one nucleus of two.
  private static func place(voxelSize: VoxelSize? = VoxelSize(isotropic: 1)) throws -> TestFolder {
    let folder = try TestFolder()
    for name in ["truth", "found/labels"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
    }
    let extent = Extent(depth: 1, height: 2, width: 6)
    let truth = LabelVolume(
      [1, 1, 1, 0, 0, 0, 0, 0, 0, 2, 2, 2], extent: extent, voxelSize: voxelSize)
    let found = LabelVolume(
      [5, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0], extent: extent, voxelSize: voxelSize)
    try TIFF.write(truth, to: folder.path + "/truth/t1.tif")
    try TIFF.write(truth, to: folder.path + "/truth/t2.tif")
    try TIFF.write(found, to: folder.path + "/found/labels/t1.tif")
    try TIFF.write(found, to: folder.path + "/found/labels/t3.tif")
    return folder
  }

  private static func run(_ folder: TestFolder, _ arguments: String...) throws
    -> MorulaCommand.Result
  {
    try MorulaCommand.run(
      ["evaluate", "--prediction", "found", "--truth", "truth"] + arguments, in: folder)
  }

  @Test func scoresInThreeForms() throws {
    let folder = try Self.place()
    let result = try Self.run(
      folder, "--json", "scores.json", "--csv", "scores.csv", "--stages", "1,2-")
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.errors.contains("note: 1 of 2 volumes without a prediction, counted as empty: t2"))
    #expect(
      result.errors.contains(
        "note: 1 prediction without a truth, left out: found/labels/t3.tif"))
    let rows = result.output.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    }
    #expect(rows.contains { $0.starts(with: ["2-", "2", "4", "1", "0.250", "0.250", "0.500"]) })
    #expect(rows.contains { $0.starts(with: ["all", "2", "4", "1", "0.250"]) })
    #expect(rows.contains { $0.starts(with: ["IoU", "0.250", "0.000–0.500"]) })

    let data = try Data(contentsOf: URL(filePath: folder.path + "/scores.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(json["iou"] as? Double == 0.25 && json["ctc_seg"] as? Double == 0.25)
    #expect(json["ctc_det"] as? Double == 0.25 && json["mucov"] as? Double == 0.5)
    #expect(json["missing_predictions"] as? [String] == ["t2"])
    let csv = try String(contentsOfFile: folder.path + "/scores.csv", encoding: .utf8)
    #expect(csv.contains("\nt1,,2-,False,2,1,6,3,0.5,0.5,1.0,0.5,1.0,0.5,"))

    let again = try Self.run(folder, "--json", "again.json", "--stages", "1,2-", "--threads", "1")
    #expect(again.output == result.output)
    #expect(try Data(contentsOf: URL(filePath: folder.path + "/again.json")) == data)
  }

  @Test func onlyPredicted() throws {
    let folder = try Self.place()
    let result = try Self.run(folder, "--only-predicted")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("note: 1 volume without a prediction, left out: t2"))
    #expect(result.output.contains("all           1"))
  }

  @Test func radiusNeedsAVoxelSize() throws {
    let folder = try Self.place(voxelSize: nil)
    let bare = try Self.run(folder)
    #expect(bare.status == 0 && bare.errors.contains("note: the voxel size is unknown"))
    CommandErrorTests.expectFailure(
      try Self.run(folder, "--detection-radius", "3"), "truth: no file tells the voxel size",
      "add --voxel-size")
    let scaled = try Self.run(folder, "--detection-radius", "3", "--voxel-size", "0.8,0.8,2")
    #expect(scaled.status == 0 && !scaled.errors.contains("voxel size"))
  }

  @Test func failures() throws {
    let folder = try Self.place()
    func run(_ prediction: String, _ truth: String, _ more: String...) throws
      -> MorulaCommand.Result
    {
      try MorulaCommand.run(
        ["evaluate", "--prediction", prediction, "--truth", truth] + more, in: folder)
    }
    CommandErrorTests.expectFailure(
      try run("absent", "truth"), "absent: there is no such file or folder")
    CommandErrorTests.expectFailure(
      try run("found/labels/t3.tif", "truth"), "found/labels/t3.tif: has no file with the name")
    CommandErrorTests.expectFailure(
      try run("found", "truth", "--json", "nowhere/scores.json"), "nowhere/scores.json")
    let wide = LabelVolume(repeating: 1, extent: Extent(depth: 2, height: 2, width: 6))
    try TIFF.write(wide, to: folder.path + "/truth/t1.tif")
    CommandErrorTests.expectFailure(
      try run("found", "truth"),
      "found/labels/t1.tif: has 1 × 2 × 6 voxels (z, y, x), but "
        + "truth/t1.tif has 2 × 2 × 6")
  }

  @Test(arguments: [
    ["--stages", "2-1"], ["--stages", "1-3,3-4"], ["--stages", "few"], ["--stages", ""],
    ["--detection-radius", "-1"], ["--detection-radius", "nan"], ["--bootstrap", "-1"],
    ["--voxel-size", "1,1"], ["--seed", "x"],
  ])
  func options(arguments: [String]) throws {
    let result = try Self.run(try Self.place(), arguments[0] + "=" + arguments[1])
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errors.contains(arguments[0]), "\(result.errors)")
  }
}
