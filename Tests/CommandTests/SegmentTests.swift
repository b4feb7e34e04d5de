import Foundation
import Microscopy
import Segmentation
import TestSupport
import Testing

/// `morula segment` from files to labels, tables and the record of the run.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct SegmentTests {
  /// Blobs of 3 µm in `images/`: embryo 1 at times 2, 10 and 30, embryo 2 of another size at time
  /// 1.
  static func folder(voxelSize: VoxelSize? = SyntheticEmbryos.voxelSize) throws -> TestFolder {
    let folder = try TestFolder()
    let data = folder.path + "/data"
    try SyntheticEmbryos.write(
      ["a_t10", "a_t2", "a_t30"], to: data, extent: Extent(depth: 9, height: 24, width: 26),
      voxelSize: voxelSize)
    try SyntheticEmbryos.write(
      ["b_t1"], to: data, extent: Extent(depth: 7, height: 20, width: 18), voxelSize: voxelSize)
    return folder
  }

  static func lines(_ folder: TestFolder, _ path: String) throws -> [[String]] {
    try String(contentsOfFile: "\(folder.path)/\(path)", encoding: .utf8)
      .split(separator: "\n").map { $0.components(separatedBy: ",") }
  }

  static func json(_ folder: TestFolder, _ path: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(filePath: "\(folder.path)/\(path)"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  static let arguments = ["--min-volume", "5", "--smoothing", "0.5"]

  @Test func seriesOfDifferentSizes() throws {
    let folder = try Self.folder()
    let result = try MorulaCommand.run(
      ["segment", "data/images", "--output", "out", "--frame-interval", "60", "--masks"]
        + Self.arguments, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("4 of 4 frames"), "\(result.errors)")
    #expect(result.errors.contains("note: there are no models"))

    var counts: [String: Int] = [:]
    for stem in ["a_t2", "a_t10", "a_t30", "b_t1"] {
      let labels = try TIFFStack(opening: "\(folder.path)/out/labels/\(stem).tif").readLabels()
      let image = try TIFF.info(at: "\(folder.path)/data/images/\(stem).tif")
      #expect(labels.extent == image.extent)
      #expect(abs((labels.voxelSize?.z ?? 0) - 1.6) < 1e-6)
      let numbers = Set(labels.voxels).subtracting([0])
      #expect(numbers == Set(1..<UInt32(numbers.count + 1)) && !numbers.isEmpty)
      counts[stem] = numbers.count
      let mask = try TIFF.readVolume(at: "\(folder.path)/out/masks/\(stem).tif")
      #expect(Set(mask.voxels) == [0, 255])
    }
    // One row per nucleus and frame, frames in order of time.
    let nuclei = try Self.lines(folder, "out/nuclei.csv")
    #expect(nuclei[0].prefix(4) == ["series", "frame", "time_s", "label"])
    #expect(nuclei[0].last == "without_center")
    let keys = nuclei.dropFirst().map { "\($0[0])_t\($0[1])" }
    let expected = ["a_t2", "a_t10", "a_t30", "b_t1"].flatMap { stem in
      [String](repeating: stem, count: counts[stem] ?? 0)
    }
    #expect(keys == expected)
    #expect(nuclei.first { $0[1] == "10" }?[2] == "480.0")
    // The criteria of each series have their own folder.
    let criteria = try Self.lines(folder, "out/a/criteria.csv")
    #expect(criteria[0].prefix(2) == ["time point", "Count"])
    #expect(criteria.dropFirst().map { $0[0] } == ["2", "10", "30"])
    #expect(try Self.lines(folder, "out/b/criteria_v2.csv").count == 2)

    let record = try Self.json(folder, "out/run.json")
    #expect(record["method"] as? String == "classical")
    #expect((record["command"] as? [String])?.contains("--frame-interval") == true)
    let series = try #require(record["series"] as? [[String: Any]])
    #expect(series.map { $0["name"] as? String } == ["a", "b"])
    let frames = try #require(series[0]["frames"] as? [[String: Any]])
    #expect(frames.map { $0["nuclei"] as? Int } == ["a_t2", "a_t10", "a_t30"].map { counts[$0] })
  }

  @Test func hyperstackInAndOut() throws {
    let folder = try Self.folder()
    // One file per frame and one hyperstack give the same labels.
    var images = ["a_t2", "a_t10", "a_t30"].map { "data/images/\($0).tif" }
    let frames = try MorulaCommand.run(
      ["segment"] + images + ["--output", "frames", "--hyperstack"] + Self.arguments, in: folder)
    #expect(frames.status == 0, "\(frames.errors)")
    let writer = HyperstackWriter<Float>(
      to: folder.path + "/movie.tif", frames: 3, frameInterval: 600)
    for image in images { try writer.append(try TIFF.readVolume(at: "\(folder.path)/\(image)")) }
    try writer.finish()
    images = ["movie.tif"]
    let movie = try MorulaCommand.run(
      ["segment"] + images + ["--output", "movie", "--hyperstack"] + Self.arguments, in: folder)
    #expect(movie.status == 0, "\(movie.errors)")
    let one = try TIFFStack(opening: folder.path + "/frames/labels/a.tif")
    let other = try TIFFStack(opening: folder.path + "/movie/labels/movie.tif")
    #expect(one.info.frames == 3 && other.info.frames == 3)
    for frame in 0..<3 {
      let labels = try one.readLabels(frame: frame)
      #expect(try other.readLabels(frame: frame).voxels == labels.voxels)
      #expect(labels.voxels.contains { $0 > 0 })
    }
    #expect(try Self.lines(folder, "movie/criteria.csv").count == 4)
  }

  @Test func aBrokenFrameFailsAlone() throws {
    let folder = try Self.folder()
    let broken = folder.path + "/data/images/a_t10.tif"
    let whole = try Data(contentsOf: URL(filePath: broken))
    try whole.prefix(whole.count / 2).write(to: URL(filePath: broken))
    let result = try MorulaCommand.run(
      ["segment", "data/images", "--output", "out", "--voxel-size", "0.8,0.8,1.6"]
        + Self.arguments, in: folder)
    #expect(result.status == 2)
    #expect(result.errors.contains("3 of 4 frames"), "\(result.errors)")
    #expect(result.errorLines.count == 1 && result.errorLines[0].contains("a_t10.tif"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/out/labels/a_t10.tif"))
    #expect(try Self.lines(folder, "out/a/criteria.csv").dropFirst().map { $0[0] } == ["2", "30"])
    let record = try Self.json(folder, "out/run.json")
    let series = try #require(record["series"] as? [[String: Any]])
    let frames = try #require(series[0]["frames"] as? [[String: Any]])
    #expect((frames[1]["error"] as? String)?.contains("a_t10.tif") == true)
  }

  @Test func whatCannotBeDone() throws {
    let folder = try Self.folder(voxelSize: nil)
    let cases: [([String], Int32, String)] = [
      (["data/images", "--output", "out"], 1, "--voxel-size"),
      (["nowhere", "--output", "out"], 1, "nowhere: there is no such file or folder"),
      (["data/images", "--output", "out", "--method", "network"], 64, "--nsn"),
      (["data/images", "--output", "out", "--instances", "centers"], 1, "give --ndn"),
      (["data/images", "--output", "out", "--nsn", "data/images/b_t1.tif"], 1, "b_t1.tif"),
      (["data/images", "--output", "out", "--channel", "0"], 64, "counted from 1"),
      (["data/images", "--output", "out", "--min-volume", "nan"], 64, "--min-volume"),
      (["data/images", "--output", "out", "--voxel-size", "1,1"], 64, "voxel-size"),
    ]
    for (arguments, status, text) in cases {
      let result = try MorulaCommand.run(["segment"] + arguments, in: folder)
      #expect(result.status == status, "\(arguments): \(result.errors)")
      #expect(result.errorLines.count == 1, "\(arguments): \(result.errors)")
      #expect(result.errorLines.first?.contains(text) == true, "\(arguments): \(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/out"))
    }
    // Inputs are not replaced by results.
    let inside = try MorulaCommand.run(
      ["segment", "data/labels", "--output", "data", "--voxel-size", "1,1,1"], in: folder)
    #expect(inside.status == 1)
    try FileManager.default.moveItem(
      atPath: folder.path + "/data/images", toPath: folder.path + "/data/labels")
    let over = try MorulaCommand.run(
      ["segment", "data/labels", "--output", "data", "--voxel-size", "1,1,1"], in: folder)
    #expect(over.status == 1 && over.errors.contains("would be replaced by a result"))
  }

  @Test func networksFindForegroundAndCenters() throws {
    let here = try Workplace()
    for (kind, folder) in [("nsn", "run"), ("ndn", "centers")] {
      let trained = try here.run(
        "train", "--config", "tiny.yaml", "--output", folder, "--threads", "1",
        "--set", "network.kind=\(kind)", "--set", "network.levels=2", "--set", "network.base=2",
        "--set", "training.epochs=1")
      #expect(trained.status == 0, "\(trained.errors)")
    }
    let networks = [
      "segment", "data/images", "--nsn", "run/best.safetensors", "--ndn",
      "centers/best.safetensors", "--min-volume", "0", "--min-uncentered-volume", "0",
    ]
    let result = try MorulaCommand.run(
      networks + ["--output", "out", "--probabilities", "--threshold", "0.4"], in: here.place)
    #expect(result.status == 0, "\(result.errors)")
    for folder in ["labels", "probabilities", "centers"] {
      #expect(here.has("out/\(folder)/Emb01_t001.tif"))
    }
    let record = try Self.json(here.place, "out/run.json")
    let models = try #require(record["models"] as? [[String: Any]])
    #expect(models.map { $0["role"] as? String } == ["nsn", "ndn"])
    #expect(models.allSatisfy { ($0["sha256"] as? String)?.count == 64 })
    #expect((record["parameters"] as? [String: Any])?["splitting"] as? String == "combined")
    // Mirror images, the volume's own statistics, tiles, other rules.
    for (number, more) in [
      ["--mirror"], ["--batch-norm", "batch"], ["--max-memory", "400M"],
      ["--instances", "centers", "--uncentered", "drop", "--centers", "components"],
    ].enumerated() {
      let again = try MorulaCommand.run(
        networks + ["--output", "\(number)"] + more, in: here.place)
      #expect(again.status == 0, "\(more): \(again.errors)")
    }
    // What does not fit is said before the first frame.
    let refused = try MorulaCommand.run(
      networks + ["--output", "refused", "--max-memory", "1M"], in: here.place)
    #expect(refused.status == 3 && refused.errors.split(separator: "\n").count == 1)
    #expect(refused.errors.contains("Emb01_t001.tif: needs at least"))
    #expect(refused.errors.contains("1.0 MB may be taken (the limit); raise --max-memory"))
    #expect(!here.has("refused"))
    try usesOwnModels(in: here)
    // The two networks exchanged.
    let swapped = try MorulaCommand.run(
      [
        "segment", "data/images", "--output", "x", "--nsn", "centers/best.safetensors", "--ndn",
        "run/best.safetensors",
      ], in: here.place)
    #expect(swapped.status == 1 && swapped.errors.contains("give it as --ndn"))
  }
  /// Packed models in the folder where the command looks for its own are used without being named.
  private func usesOwnModels(in here: Workplace) throws {
    let environment = [ModelLibrary.variable: here.place.path + "/own"]
    func run(_ arguments: String...) throws -> MorulaCommand.Result {
      try MorulaCommand.run(arguments, in: here.place, environment: environment)
    }
    try here.place.write(to: "own/notes.txt")
    let none = try run("model", "list")
    #expect(none.status == 1 && none.errorLines.count == 1)
    for (name, folder) in [("nsn", "run"), ("ndn", "centers")] {
      let packed = try run(
        "model", "pack", "\(folder)/last.safetensors", "--output", "own/\(name).safetensors",
        "--half",
        "--name", "tiny \(name)", "--threshold", "0.4")
      #expect(packed.status == 0, "\(packed.errors)")
    }
    let list = try run("model", "list")
    #expect(list.status == 0)
    #expect(list.output.contains("tiny nsn") && list.output.contains("tiny ndn"))
    let info = try run("model", "info", "nsn")
    #expect(info.output.contains("tiny nsn") && info.output.contains("threshold 0.4"))
    let result = try run("segment", "data/images", "--output", "own-models")
    #expect(result.status == 0 && !result.errors.contains("note: there are no models"))
    let record = try Self.json(here.place, "own-models/run.json")
    let used = try #require(record["models"] as? [[String: Any]])
    #expect(used.map { $0["role"] as? String } == ["nsn", "ndn"])
    // Without centers no detector is read; classically no network at all.
    let choices: [([String], [String])] = [
      (["--instances", "watershed"], ["nsn"]), (["--method", "classical"], []),
      (["--nsn", "run/best.safetensors"], ["nsn", "ndn"]),
    ]
    for (number, (more, roles)) in choices.enumerated() {
      let output = "own-\(number)"
      let other = try MorulaCommand.run(
        ["segment", "data/images", "--output", output] + more, in: here.place,
        environment: environment)
      #expect(other.status == 0, "\(other.errors)")
      let models = try Self.json(here.place, output + "/run.json")["models"] as? [[String: Any]]
      #expect((models ?? []).map { $0["role"] as? String } == roles)
    }
    let stress = try run(
      "stress", "data/images", "--truth", "data/nsn", "--method", "classical", "--csv", "s.csv")
    #expect(stress.status == 0, "\(stress.errors)")
    #expect(stress.output.contains("as it is") && stress.output.contains("noise, SNR 2"))
    let table = try String(contentsOfFile: here.place.path + "/s.csv", encoding: .utf8)
    #expect(table.split(separator: "\n").count == 1 + Degradation.standard.count)
    let missing = try run("stress", "data/images", "--truth", "run", "--method", "classical")
    #expect(missing.status == 1 && missing.errorLines.count == 1)
  }
}
