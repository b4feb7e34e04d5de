import Foundation
import Microscopy
import TestSupport
import Testing

/// Labels as OME-Zarr images, in the folder of results and inside of OME-Zarr inputs.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable was not built"))
struct SegmentZarrTests {
  private let place: TestFolder

  /// `images` holds a series a of five frames; `movie-0.4.zarr` and `movie-0.5.zarr` are the same
  /// with label images called `other`.
  init() throws {
    place = try TestFolder()
    try SyntheticEmbryos.write(
      (1...5).map { "a_t\($0)" }, to: place.path,
      extent: Extent(depth: 9, height: 40, width: 300))
    for version in ["0.4", "0.5"] {
      let made = try morula(
        "convert", "images", "--output", "movie-\(version).zarr", "--ngff", version, "--labels",
        "other=nsn", "--frame-interval", "60")
      #expect(made.status == 0, "\(made.errors)")
    }
  }

  private func morula(_ arguments: String...) throws -> MorulaCommand.Result {
    try MorulaCommand.run(arguments, in: place)
  }

  private func segment(_ input: String, _ arguments: String...) throws -> MorulaCommand.Result {
    try MorulaCommand.run(
      ["segment", input, "--method", "classical", "--min-volume", "5"] + arguments, in: place)
  }

  private func files(_ name: String) throws -> [String: Data] {
    try KilledCommand.files(in: place.path + "/" + name)
  }

  @Test(
    "Both hold the labels of a hyperstack; nothing else of the input changes",
    arguments: ["0.4", "0.5"])
  func likeHyperstack(version: String) throws {
    let input = "movie-\(version).zarr"
    let before = try files(input)
    #expect(try segment(input, "--output", "stack", "--hyperstack").status == 0)
    let result = try segment(
      input, "--output", "out", "--zarr", "--ngff", version, "--into-input", "nuclei")
    #expect(result.status == 0, "\(result.errors)")
    let stack = try TIFFStack(opening: "\(place.path)/stack/labels/movie-\(version).tif")
    for path in ["out/labels/\(input)", "\(input)/labels/nuclei"] {
      let labels = try ZarrImage(opening: "\(place.path)/\(path)")
      #expect(labels.areLabels && labels.version == version && labels.levels == 2)
      #expect(labels.frames == 5 && labels.sampleType == .uint16)
      #expect(labels.calibration.voxelSize == SyntheticEmbryos.voxelSize)
      #expect(labels.calibration.frameInterval == 60)
      for frame in 0..<5 {
        let samples = try labels.readSamples(frame: frame)
        #expect(try samples.bytes == stack.readSamples(channel: 0, frame: frame).bytes)
        #expect(samples.bytes.contains { $0 > 0 })
      }
    }
    let image = try ZarrImage(opening: "\(place.path)/\(input)")
    #expect(image.labels == ["other", "nuclei"])
    let group = version == "0.4" ? "labels/.zattrs" : "labels/zarr.json"
    let after = try files(input)
    for (name, data) in before where name != group { #expect(after[name] == data, "\(name)") }
    #expect(
      after.keys.allSatisfy { before[$0] != nil || $0.hasPrefix("labels/nuclei/") })
    #expect(try KilledCommand.hidden(in: "\(place.path)/\(input)/labels").isEmpty)
    // The same run again changes nothing.
    let again = try segment(
      input, "--output", "out", "--zarr", "--ngff", version, "--into-input", "nuclei")
    #expect(again.errors.contains("all frames are done already"))
    #expect(try files(input) == after)
    for command in [
      ["measure", "out", "--image", input, "--output", "table"],
      ["measure", "\(input)/labels/nuclei", "--output", "table2"],
      ["evaluate", "--prediction", "out", "--truth", "\(input)/labels/nuclei"],
      ["convert", "out", "--output", "back.tif"], ["info", "out/labels/\(input)"],
    ] {
      let result = try MorulaCommand.run(command, in: place)
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
    #expect(try TIFFStack(opening: place.path + "/back.tif").info.frames == 5)
  }

  @Test("A series of OME-Zarr images of one frame: each gets its labels")
  func folderOfImages() throws {
    for time in 1...3 {
      #expect(
        try morula("convert", "images/a_t\(time).tif", "--output", "z/a_t\(time).zarr").status == 0)
    }
    #expect(try segment("z", "--output", "out", "--into-input", "nuclei").status == 0)
    for time in 1...3 {
      let labels = try ZarrImage(opening: "\(place.path)/z/a_t\(time).zarr/labels/nuclei")
      #expect(
        try labels.readSamples().bytes
          == TIFFStack(opening: "\(place.path)/out/labels/a_t\(time).tif")
          .readSamples(channel: 0, frame: 0).bytes)
    }
  }

  @Test("Label images of others are not replaced unless asked")
  func foreign() throws {
    let input = "movie-0.4.zarr"
    let before = try files(input)
    let refused = try segment(input, "--output", "out", "--into-input", "other")
    CommandErrorTests.expectFailure(refused, "labels/other: exists already, and is not what")
    #expect(try files(input) == before && files("out").isEmpty)
    let result = try segment(input, "--output", "out", "--into-input", "other", "--overwrite")
    #expect(result.status == 0, "\(result.errors)")
    let own = try files(input)
    #expect(own != before)
    #expect(try ZarrImage(opening: place.path + "/" + input).labels == ["other"])
    // Another job does not replace those of the first, nor does the first what was edited.
    CommandErrorTests.expectFailure(
      try segment(input, "--output", "out2", "--into-input", "other"), "exists already")
    try Data("{}".utf8).write(to: URL(filePath: "\(place.path)/\(input)/labels/other/.zattrs"))
    CommandErrorTests.expectFailure(
      try segment(input, "--output", "out", "--into-input", "other"), "exists already")
    CommandErrorTests.expectFailure(
      try segment("images", "--output", "out3", "--into-input", "nuclei"),
      "images/a_t1.tif: cannot take labels, as it is not an OME-Zarr image")
    // A folder that is not a label image is not replaced in any case.
    try place.write("text", to: input + "/labels/notes/text")
    CommandErrorTests.expectFailure(
      try segment(input, "--output", "out4", "--into-input", "notes", "--overwrite"),
      "is not a label image")
    for arguments in [
      ["--into-input", "a/b"], ["--into-input", ".."], ["--zarr", "--hyperstack"],
      ["--ngff", "0.5"],
    ] {
      let result = try MorulaCommand.run(
        ["segment", input, "--output", "out5"] + arguments, in: place)
      #expect(result.status == 64, "\(arguments) \(result.errors)")
    }
  }

  @Test("A second copy of the metadata, which lacks the labels, is noted")
  func consolidated() throws {
    try place.write("{\"metadata\": {}}", to: "movie-0.4.zarr/.zmetadata")
    let result = try segment("movie-0.4.zarr", "--output", "out", "--into-input", "nuclei")
    #expect(result.status == 0)
    #expect(result.errors.contains(".zmetadata repeats all metadata of the image"))
  }

  @Test("Labels in an input have its units and lie on its grid, whatever --voxel-size says")
  func grid() throws {
    func attributes(_ name: String) throws -> [String: Any] {
      let path = "\(place.path)/movie-0.4.zarr/\(name).zattrs"
      let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
      return try #require((json as? [String: Any])?["multiscales"] as? [[String: Any]])[0]
    }
    var image = try attributes("")
    image["axes"] = [
      ["name": "t", "type": "time", "unit": "minute"],
      ["name": "z", "type": "space", "unit": "nanometer"],
      ["name": "y", "type": "space", "unit": "nanometer"],
      ["name": "x", "type": "space"],
    ]
    image["datasets"] = [
      [
        "path": "0",
        "coordinateTransformations": [
          ["type": "scale", "scale": [2, 1600, 800, 3.5]],
          ["type": "translation", "translation": [0, 100, -50, 0.25]],
        ],
      ]
    ]
    try JSONSerialization.data(withJSONObject: ["multiscales": [image]])
      .write(to: URL(filePath: place.path + "/movie-0.4.zarr/.zattrs"))
    let result = try segment(
      "movie-0.4.zarr", "--output", "out", "--into-input", "nuclei", "--voxel-size", "0.8,0.8,1.6")
    #expect(result.status == 0, "\(result.errors)")
    let labels = try attributes("labels/nuclei/")
    #expect(labels["axes"] as? [[String: String]] == image["axes"] as? [[String: String]])
    let datasets = try #require(labels["datasets"] as? [[String: Any]])
    let levels = datasets.map { $0["coordinateTransformations"] as? [[String: Any]] ?? [] }
    #expect(
      levels.map { $0[0]["scale"] as? [Double] } == [[2, 1600, 800, 3.5], [2, 1600, 1600, 7]])
    // The first sample of the coarse level lies between the first two of the fine one.
    #expect(
      levels.map { $0[1]["translation"] as? [Double] }
        == [[0, 100, -50, 0.25], [0, 100, 350, 2]])
  }

  @Test("Frames that failed are blank; frames of other extents are refused before any work")
  func failures() throws {
    try Data("no TIFF".utf8).write(to: URL(filePath: place.path + "/images/a_t2.tif"))
    #expect(try segment("images", "--output", "out", "--zarr").status == 2)
    let labels = try ZarrImage(opening: place.path + "/out/labels/a.zarr")
    #expect(labels.frames == 5)
    #expect(labels.notes.contains { $0.hasPrefix("no chunk is there of 1 of 5 volumes") })
    #expect(try labels.readSamples(frame: 1).bytes.allSatisfy { $0 == 0 })
    #expect(try labels.readSamples(frame: 2).bytes.contains { $0 > 0 })
    try SyntheticEmbryos.write(
      ["a_t2"], to: place.path, extent: Extent(depth: 8, height: 40, width: 300))
    for option in ["--zarr", "--hyperstack"] {
      CommandErrorTests.expectFailure(
        try segment("images", "--output", "out2", option),
        "a_t2.tif: has 8 × 40 × 300 voxels (z, y, x) where images/a_t1.tif has 9 × 40 × 300")
      #expect(try files("out2").isEmpty)
    }
  }

  @Test("Killed at random moments, a run ends with the bytes of an undisturbed one")
  func killed() throws {
    func command(_ input: String, _ output: String) -> [String] {
      [
        "segment", input, "--method", "classical", "--min-volume", "5", "--zarr", "--into-input",
        "nuclei", "--output", output,
      ]
    }
    let files = FileManager.default
    func copy(_ name: String) throws {
      try? files.removeItem(atPath: place.path + "/cut")
      try files.createDirectory(atPath: place.path + "/cut", withIntermediateDirectories: true)
      try files.copyItem(
        atPath: place.path + "/movie-0.4.zarr", toPath: "\(place.path)/cut/\(name)")
    }
    try copy("m.zarr")
    let start = ContinuousClock.now
    #expect(try MorulaCommand.run(command("cut/m.zarr", "whole"), in: place).status == 0)
    let seconds = start.duration(to: .now) / .seconds(1)
    let (input, labels) = try (self.files("cut/m.zarr"), self.files("whole/labels"))
    var kills = 0
    while kills < RestartTests.kills {
      try copy("m.zarr")
      try? files.removeItem(atPath: place.path + "/out")
      let count = try KilledCommand.run(
        command("cut/m.zarr", "out"), in: place, within: seconds,
        atMost: RestartTests.kills - kills
      ) {
        let found = try self.files("cut/m.zarr/labels/nuclei")
        #expect(found.isEmpty || found.allSatisfy { input["labels/nuclei/" + $0] == $1 })
      }
      kills += count
      let last = try MorulaCommand.run(command("cut/m.zarr", "out"), in: place)
      #expect(last.status == 0, "\(last.errors)")
      #expect(try self.files("cut/m.zarr") == input && self.files("out/labels") == labels)
      #expect(try KilledCommand.hidden(in: place.path + "/cut/m.zarr/labels").isEmpty)
    }
  }
}
