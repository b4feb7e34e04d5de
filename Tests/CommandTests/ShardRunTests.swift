import Foundation
import Microscopy
import TestSupport
import Testing

/// Jobs whose frames are shared out among processes.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable was not built"))
struct ShardRunTests {
  let place: TestFolder

  init() throws {
    place = try TestFolder()
    let extent = Extent(depth: 9, height: 40, width: 42)
    // Specimens whose files have the same names.
    for specimen in ["Emb2", "Emb10", "x/Emb1"] {
      let scratch = try TestFolder()
      try SyntheticEmbryos.write((1...4).map { "t\($0)" }, to: scratch.path, extent: extent)
      for part in ["images", "nsn"] {
        let folder = "\(place.path)/\(part)/\(specimen)"
        try FileManager.default.createDirectory(
          atPath: (folder as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: "\(scratch.path)/\(part)", toPath: folder)
      }
    }
  }

  private func morula(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> MorulaCommand.Result {
    try MorulaCommand.run(arguments, in: place, environment: environment)
  }

  /// The results of a job by their names: labels, masks and tables.
  private func results(_ output: String) throws -> [String: Data] {
    let root = place.path + "/" + output
    let names = try FileManager.default.subpathsOfDirectory(atPath: root).filter { name in
      !name.hasPrefix(".morula") && [".tif", ".csv"].contains { name.hasSuffix($0) }
    }
    return Dictionary(
      uniqueKeysWithValues: try names.map {
        ($0, try Data(contentsOf: URL(filePath: root + "/" + $0)))
      })
  }

  static let segment = ["segment", "images", "--method", "classical", "--min-volume", "5"]

  static let jobs = [
    segment, segment + ["--hyperstack", "--masks"], segment + ["--zarr"],
    ["measure", "nsn", "--image", "images"],
  ]

  @Test("A folder of folders is one job, and specimens keep their names")
  func specimens() throws {
    #expect(try morula(Self.segment + ["--output", "out"]).status == 0)
    let names = try results("out").keys.sorted()
    for specimen in ["Emb2", "Emb10", "x/Emb1"] {
      #expect(names.contains("labels/\(specimen)/t3.tif"), "\(names)")
      #expect(names.contains("\(specimen)/criteria.csv"), "\(names)")
    }
    let table = try String(contentsOfFile: place.path + "/out/nuclei.csv", encoding: .utf8)
    let series = table.split(separator: "\n").dropFirst()
      .map { String($0.split(separator: ",")[0]) }
    #expect(series.first == "Emb2" && series.last == "x/Emb1" && series.contains("Emb10"))
    // The results are an input too.
    let measured = try morula(["measure", "out", "--image", "images", "--output", "tables"])
    #expect(measured.status == 0, "\(measured.errors)")
    #expect(measured.errors.contains("in 12 of 12 frames"), "\(measured.errors)")
    // A list is the same job as the folder that holds them, but for the names.
    let list = try morula(
      ["segment", "images/Emb2", "images/Emb10"] + Self.segment.dropFirst(2) + ["--output", "two"])
    #expect(list.status == 0, "\(list.errors)")
    #expect(
      try results("two")["labels/Emb10/t1.tif"] == results("out")["labels/Emb10/t1.tif"])
  }

  @Test("Shards of any order and number give the bytes of one run", arguments: jobs)
  func shards(arguments: [String]) throws {
    #expect(try morula(arguments + ["--output", "whole"]).status == 0)
    let whole = try results("whole")
    for count in [2, 5] {
      let output = "shards\(count)"
      for index in (1...count).reversed() {
        let last = try morula(arguments + ["--output", output, "--shard", "\(index)/\(count)"])
        #expect(last.status == 0, "\(last.errors)")
        #expect(last.errors.contains("this was the last shard") == (index == 1), "\(last.errors)")
      }
      #expect(try results(output) == whole)
      // A run of all frames finds them done.
      let again = try morula(arguments + ["--output", output])
      #expect(again.errors.contains("all frames are done already"), "\(again.errors)")
      #expect(try results(output) == whole)
    }
  }

  @Test("Shards at the same time, one of which is killed and done again")
  func killed() throws {
    #expect(try morula(Self.segment + ["--output", "whole"]).status == 0)
    let whole = try results("whole")
    for round in 1...4 {
      let output = "cut\(round)"
      let processes = try (1...3).map { index in
        let process = Process()
        process.executableURL = MorulaCommand.executable
        process.arguments = Self.segment + ["--output", output, "--shard", "\(index)/3"]
        process.currentDirectoryURL = URL(filePath: place.path)
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
      }
      Thread.sleep(forTimeInterval: .random(in: 0...0.3))
      kill(processes[1].processIdentifier, SIGKILL)
      for process in processes { process.waitUntilExit() }
      let again = try morula(Self.segment + ["--output", output, "--shard", "2/3"])
      #expect(again.status == 0, "\(again.errors)")
      #expect(try results(output) == whole)
    }
  }

  @Test("What is there can be joined at any time, and what is missing is said")
  func merge() throws {
    try Data().write(to: URL(filePath: place.path + "/images/Emb10/t2.tif"))
    let first = try morula(Self.segment + ["--output", "out", "--shard", "1/2"])
    #expect(first.status == 2, "\(first.errors)")
    let part = try morula(["merge", "out"])
    #expect(part.status == 2 && part.errors.contains("out: 5 of 12 frames, 1 failed"))
    #expect(
      try results("out")["Emb2/criteria.csv"]?.split(separator: UInt8(ascii: "\n")).count == 5)
    #expect(try morula(Self.segment + ["--output", "out", "--shard", "2/2"]).status == 0)
    let record = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: place.path + "/out/run.json")))
    let series = try #require((record as? [String: Any])?["series"] as? [[String: Any]])
    #expect(series.map { $0["name"] as? String } == ["Emb2", "Emb10", "x/Emb1"])
    let frames = series.flatMap { $0["frames"] as? [[String: Any]] ?? [] }
    #expect(frames.count == 12 && frames.count { $0["error"] != nil } == 1)
    let joined = try morula(["merge", "out"])
    #expect(joined.status == 2 && joined.errors.contains("out: 11 of 12 frames, 1 failed"))
    CommandErrorTests.expectFailure(try morula(["merge", "images"]), "holds no run")
  }

  @Test("A task of a Slurm array does its part; what contradicts is refused")
  func array() throws {
    func environment(_ id: Int) -> [String: String] {
      [
        "SLURM_ARRAY_TASK_ID": "\(id)", "SLURM_ARRAY_TASK_COUNT": "2",
        "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "1", "SLURM_ARRAY_TASK_STEP": "1",
      ]
    }
    let arguments = Self.segment + ["--output", "out"]
    let task = try morula(arguments, environment: environment(0))
    #expect(task.errors.contains("note: shard 1/2: 6 of 12 frames"), "\(task.errors)")
    #expect(task.errors.contains("6 of 6 frames"))
    CommandErrorTests.expectFailure(
      try morula(arguments + ["--overwrite"], environment: environment(1)),
      "would remove what other tasks")
    CommandErrorTests.expectFailure(
      try morula(arguments + ["--smoothing", "2"], environment: environment(1)),
      "smoothing was 1.0, now 2.0")
    let all = try morula(arguments + ["--shard", "1/1"], environment: environment(1))
    #expect(all.errors.contains("6 of 12 frames are done; going on"), "\(all.errors)")
    for text in ["0/3", "4/3", "1", "a/b", "1/2/3"] {
      #expect(try morula(arguments + ["--shard", text]).status == 64)
    }
  }
}

extension ShardRunTests {
  @Test("Time points are taken as they arrive, when they are complete")
  func watch() throws {
    let arguments = ["segment", "arriving"] + Self.segment.dropFirst(2)
    let files = FileManager.default
    let source = place.path + "/images/Emb2/"
    let target = place.path + "/arriving/"
    try files.createDirectory(atPath: target, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = MorulaCommand.executable
    process.arguments = arguments + ["--output", "out", "--watch", "0.05"]
    process.currentDirectoryURL = URL(filePath: place.path)
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    for time in 1...3 {
      Thread.sleep(forTimeInterval: 0.5)
      try files.copyItem(atPath: "\(source)t\(time).tif", toPath: "\(target)t\(time).tif")
    }
    // The last one comes in two parts.
    let whole = try Data(contentsOf: URL(filePath: source + "t4.tif"))
    try whole.prefix(whole.count / 2).write(to: URL(filePath: target + "t4.tif"))
    Thread.sleep(forTimeInterval: 0.4)
    try whole.write(to: URL(filePath: target + "t4.tif"))
    process.waitUntilExit()
    let said = String(
      decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    #expect(process.terminationStatus == 0, "\(said)")
    #expect(said.contains("4 of 4 frames"), "\(said)")
    #expect(!said.contains("error"), "\(said)")
    #expect(try morula(arguments + ["--output", "at-once"]).status == 0)
    #expect(try results("out") == results("at-once"))
  }

  @Test("Waiting ends where nothing comes, with an error")
  func watchNothing() throws {
    try FileManager.default.createDirectory(
      atPath: place.path + "/empty", withIntermediateDirectories: true)
    let arguments = ["--method", "classical", "--output", "out", "--watch", "0.01"]
    CommandErrorTests.expectFailure(
      try morula(["segment", "empty"] + arguments), "empty: the folder holds no TIFF")
    CommandErrorTests.expectFailure(
      try morula(["segment", "absent"] + arguments), "absent: there is no such file or folder")
    #expect(try morula(["segment", "images", "--shard", "1/2"] + arguments).status == 64)
  }

  @Test("A plan tells what there is to do, and does nothing else")
  func plan() throws {
    try Data().write(to: URL(filePath: place.path + "/images/Emb10/t2.tif"))
    let arguments = Self.segment + ["--output", "out", "--threads", "1"]
    func plan(_ more: [String] = []) throws -> String {
      let result = try morula(arguments + ["--plan"] + more)
      #expect(result.status == 0, "\(result.errors)")
      return result.output
    }
    let before = try plan()
    #expect(before.hasPrefix("frames   12 to do, 0 done, of 12; 1 cannot be opened\n"), "\(before)")
    #expect(before.contains("size     9 × 40 × 42 voxels (z, y, x) of 0.8 × 0.8 × 1.6 µm"))
    #expect(before.contains("memory   ") && before.contains("with 1 frame at once"))
    #expect(before.contains(/\nSlurm    --cpus-per-task=1 --mem=1G --time=00:01:00\n/))
    #expect(!FileManager.default.fileExists(atPath: place.path + "/out"))
    #expect(try plan(["--shard", "1/3"]).hasPrefix("frames   4 to do, 0 done, of 4\n"))
    #expect(try morula(arguments).status == 2)
    let files = try FileManager.default.subpathsOfDirectory(atPath: place.path + "/out").sorted()
    let after = try plan()
    #expect(after.hasPrefix("frames   1 to do, 11 done, of 12; 1 cannot be opened\n"), "\(after)")
    #expect(
      try FileManager.default.subpathsOfDirectory(atPath: place.path + "/out").sorted() == files)
    CommandErrorTests.expectFailure(
      try morula(arguments + ["--plan", "--smoothing", "2"]), "smoothing was 1.0, now 2.0")
    CommandErrorTests.expectFailure(
      try morula(arguments + ["--plan", "--max-memory", "10M"]), "needs at least", status: 3)
  }

  @Test("Inputs can be listed in a file")
  func list() throws {
    try place.write("images/Emb2\n\nimages/Emb10/t1.tif\n", to: "list.txt")
    let arguments = ["--output", "out"] + Self.segment.dropFirst(2)
    let listed = try morula(["segment", "--inputs-from", "list.txt"] + arguments)
    #expect(listed.status == 0 && listed.errors.contains("5 of 5 frames"), "\(listed.errors)")
    try place.write("\n", to: "empty.txt")
    CommandErrorTests.expectFailure(
      try morula(["segment", "--inputs-from", "empty.txt"] + arguments), "names no inputs")
    #expect(try morula(["segment"] + arguments).status == 64)
  }
}
