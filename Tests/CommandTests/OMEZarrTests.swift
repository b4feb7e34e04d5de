import Foundation
import Microscopy
import TestSupport
import Testing

/// The commands that take series take OME-Zarr images as they take TIFFs.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct OMEZarrTests {
  /// `movie.tif` of three frames, and `movie.zarr`, the same with the frames' true foreground
  /// inside.
  private static func folder() throws -> TestFolder {
    let folder = try TestFolder()
    let data = folder.path + "/data"
    try SyntheticEmbryos.write(
      ["movie_t1", "movie_t2", "movie_t3"], to: data,
      extent: Extent(depth: 9, height: 24, width: 26), voxelSize: SyntheticEmbryos.voxelSize)
    for arguments in [
      ["data/images", "--output", "movie.tif"],
      ["data/nsn", "--output", "truth.tif", "--as-labels"],
      ["movie.tif", "--output", "movie.zarr", "--labels", "nuclei=truth.tif"],
    ] {
      let result = try MorulaCommand.run(["convert"] + arguments, in: folder)
      #expect(result.status == 0, "\(result.errors)")
    }
    return folder
  }

  @Test("segmented, measured and scored, an OME-Zarr image gives what its TIFF gives")
  func likeTIFF() throws {
    let folder = try Self.folder()
    for (input, truth) in [("movie.tif", "truth.tif"), ("movie.zarr", "movie.zarr")] {
      let commands = [
        ["segment", input, "--output", "out-\(truth)", "--hyperstack"] + SegmentTests.arguments,
        ["measure", truth, "--image", input, "--output", "table-\(truth)"],
        [
          "evaluate", "--prediction", "out-\(truth)/labels/movie.tif", "--truth", truth, "--json",
          "\(truth).json",
        ],
      ]
      for arguments in commands {
        let result = try MorulaCommand.run(arguments, in: folder)
        #expect(result.status == 0, "\(arguments): \(result.errors)")
      }
    }
    let (tiff, zarr) = ("\(folder.path)/out-truth.tif", "\(folder.path)/out-movie.zarr")
    for frame in 0..<3 {
      let (expected, found) = try (
        TIFF.readLabels(at: tiff + "/labels/movie.tif", frame: frame),
        TIFF.readLabels(at: zarr + "/labels/movie.tif", frame: frame)
      )
      #expect(found == expected)
      #expect(expected.voxels.contains { $0 > 0 })
    }
    // Tables of the labels by themselves: the same nuclei, under the name of their own file.
    func rows(_ path: String) throws -> [ArraySlice<String>] {
      try SegmentTests.lines(folder, path).map { $0.dropFirst() }
    }
    let expected = try rows("table-truth.tif/nuclei.csv")
    #expect(try rows("table-movie.zarr/nuclei.csv") == expected && expected.count > 3)
    let scores = try ["truth.tif.json", "movie.zarr.json"].map { name in
      try SegmentTests.json(folder, name)["iou"] as? Double
    }
    #expect(scores[0] != nil && scores[0] == scores[1])
  }

  @Test("a folder of OME-Zarr images is a series; probabilities and wrong labels are told apart")
  func foldersAndErrors() throws {
    let folder = try Self.folder()
    for time in 1...3 {
      let result = try MorulaCommand.run(
        ["convert", "data/images/movie_t\(time).tif", "--output", "zarr/movie_t\(time).ome.zarr"],
        in: folder)
      #expect(result.status == 0, "\(result.errors)")
    }
    let series = try ImageSeries.open([folder.path + "/zarr"])
    #expect(series.map(\.name) == ["movie"] && series[0].frames.map(\.time) == [1, 2, 3])
    for frame in series[0].frames {
      let expected = try TIFF.readVolume(at: "\(folder.path)/data/images/\(frame.stem).tif")
      let volume = try frame.read()
      #expect(volume.voxels == expected.voxels)
      #expect(volume.voxelSize == SyntheticEmbryos.voxelSize)
    }
    // Of several label images one must be named.
    let two = try MorulaCommand.run(
      [
        "convert", "movie.tif", "--output", "two.zarr", "--labels", "a=truth.tif", "--labels",
        "b=truth.tif",
      ], in: folder)
    #expect(two.status == 0, "\(two.errors)")
    let which = try MorulaCommand.run(["measure", "two.zarr", "--output", "t"], in: folder)
    #expect(which.status == 1)
    #expect(
      which.errors.contains(
        "has 2 label images (a, b); name one of them, for example two.zarr/labels/a"),
      "\(which.errors)")
    let fractions = Volume<Float>(
      [Float](repeating: 0.5, count: 8), extent: Extent(depth: 2, height: 2, width: 2),
      voxelSize: SyntheticEmbryos.voxelSize)
    try TIFF.write(fractions, to: folder.path + "/half.tif")
    let result = try MorulaCommand.run(
      ["convert", "half.tif", "--output", "half.zarr"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let wrong = try MorulaCommand.run(["measure", "half.zarr", "--output", "t"], in: folder)
    #expect(wrong.status == 1)
    #expect(
      wrong.errors.contains("expected labels: whole numbers from 0 to 4294967295, found 0.5"),
      "\(wrong.errors)")
  }
}
