import Foundation
import Microscopy
import TestSupport
import Testing

/// Runs that are killed, fill the disk or lose their inputs, and are started again.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable was not built"))
struct RestartTests {
  /// How often each job is killed; `make crash` asks for more.
  static let kills = ProcessInfo.processInfo.environment["MORULA_KILLS"].flatMap(Int.init) ?? 6

  let place: TestFolder

  init() throws {
    place = try TestFolder()
    try SyntheticEmbryos.write(
      (1...9).map { "a_t\($0)" } + (1...3).map { "b_t\($0)" }, to: place.path,
      extent: Extent(depth: 9, height: 40, width: 42))
  }

  /// The command lines of jobs, without their output.
  static let jobs = [
    ["segment", "images", "--method", "classical", "--min-volume", "5"],
    ["segment", "images", "--method", "classical", "--min-volume", "5", "--hyperstack", "--masks"],
    ["measure", "nsn", "--image", "images"],
    ["predict", "images", "--model", packageFolder.path + "/Models/nsn.safetensors"],
  ]

  private func morula(_ arguments: [String]) throws -> MorulaCommand.Result {
    try MorulaCommand.run(arguments, in: place)
  }

  /// The results of a job by their names: labels, masks and tables.
  private func results(_ output: String) throws -> [String: Data] {
    let root = URL(filePath: place.path + "/" + output)
    // A process may be killed before it makes the folder.
    guard FileManager.default.fileExists(atPath: root.path) else { return [:] }
    let names = try FileManager.default.subpathsOfDirectory(atPath: root.path)
      .filter { name in
        !name.hasPrefix(".morula") && (name.hasSuffix(".tif") || name.hasSuffix(".csv"))
      }
    return Dictionary(
      uniqueKeysWithValues: try names.map { ($0, try Data(contentsOf: root.appending(path: $0))) })
  }

  /// The frames that have rows in the criteria of a series.
  private func frames(_ output: String, _ series: String) -> Int {
    let path = "\(place.path)/\(output)/\(series)/criteria.csv"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return 0 }
    #expect(text.hasSuffix("\n"))
    return text.split(separator: "\n").count - 1
  }

  /// The frames of a series that the manifest tells of.
  private func recorded(_ output: String, _ series: String) -> Int {
    let path = "\(place.path)/\(output)/manifest.jsonl"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return 0 }
    return text.split(separator: "\n").count { $0.contains("\"series\":\"\(series)\"") }
  }

  @Test(
    "Killed at random moments, a job ends with the bytes of an undisturbed one", arguments: jobs)
  func killed(arguments: [String]) throws {
    let start = ContinuousClock.now
    #expect(try morula(arguments + ["--output", "whole"]).status == 0)
    let seconds = start.duration(to: .now) / .seconds(1)
    let whole = try results("whole")
    if arguments[0] == "predict" {
      #expect(whole.keys.contains("b_t3.tif"))
    } else {
      #expect(whole.keys.contains("nuclei.csv") && whole.keys.contains("a/criteria.csv"))
    }
    var (kills, rounds) = (0, 0)
    while kills < Self.kills {
      rounds += 1
      let output = "cut\(rounds)"
      kills += try KilledCommand.run(
        arguments + ["--output", output], in: place, within: seconds, atMost: Self.kills - kills
      ) {
        // What is visible is whole, and of the undisturbed run.
        for (name, data) in try results(output) where name.hasSuffix(".tif") {
          if name.hasPrefix("labels/"), arguments.contains("--hyperstack") { continue }
          #expect(data == whole[name], "\(name) in round \(rounds)")
        }
        if !arguments.contains("--hyperstack"), arguments[0] == "segment" {
          // Labels appear before their rows, and these before the frame counts as done.
          let labels = try results(output).keys.filter { $0.hasPrefix("labels/a") }.count
          #expect((recorded(output, "a")...labels).contains(frames(output, "a")))
        }
      }
      let last = try morula(arguments + ["--output", output])
      #expect(last.status == 0, "\(last.errors)")
      #expect(try results(output) == whole, "after \(kills) kills")
    }
  }

  @Test("What is done stays; changed inputs and lost results are made again")
  func changes() throws {
    let arguments = Self.jobs[0] + ["--output", "out"]
    let first = try morula(arguments)
    #expect(first.status == 0 && first.errors.contains(" frames per hour); see "))
    let whole = try results("out")
    #expect(try morula(arguments).errors.contains("all frames are done already"))
    let files = FileManager.default
    let labels = place.path + "/out/labels"
    try files.removeItem(atPath: labels + "/a_t2.tif")
    try Data("edited".utf8).write(to: URL(filePath: labels + "/a_t3.tif"))
    let mended = try morula(arguments)
    #expect(mended.errors.contains("10 of 12 frames are done; going on"), "\(mended.errors)")
    #expect(mended.errors.contains("the results of 2 frames are missing or were changed"))
    #expect(try results("out") == whole)
    #expect(files.contents(atPath: labels + "/a_t3.tif.changed") == Data("edited".utf8))
    // Another date alone changes nothing.
    try files.setAttributes(
      [.modificationDate: Date.distantPast], ofItemAtPath: place.path + "/images/a_t1.tif")
    #expect(try morula(arguments).errors.contains("all frames are done already"))
    try files.removeItem(atPath: place.path + "/images/a_t4.tif")
    try files.copyItem(
      atPath: place.path + "/images/a_t5.tif", toPath: place.path + "/images/a_t4.tif")
    let changed = try morula(arguments)
    #expect(changed.errors.contains("1 frame changed since; made again"), "\(changed.errors)")
    #expect(try results("out")["labels/a_t4.tif"] == whole["labels/a_t5.tif"])
    // An input that can no longer be read costs nothing that was done.
    let before = try results("out")
    try Data().write(to: URL(filePath: place.path + "/images/a_t6.tif"))
    try files.removeItem(atPath: place.path + "/images/b_t3.tif")
    let lost = try morula(arguments)
    #expect(lost.status == 2 && lost.errorLines.count == 1, "\(lost.errors)")
    #expect(lost.errors.contains("the results of 1 frame whose input is gone are kept"))
    #expect(try results("out") == before)
  }

  @Test("Results of other settings, inputs and commands are not mixed")
  func mixing() throws {
    let arguments = Self.jobs[0] + ["--output", "out"]
    #expect(try morula(arguments).status == 0)
    let whole = try results("out")
    func refusal(_ arguments: [String], _ problem: String) throws {
      let result = try morula(arguments)
      CommandErrorTests.expectFailure(result, problem)
      #expect(result.status == 1)
      #expect(try results("out") == whole)
    }
    let other = "holds results of other settings: "
    try refusal(arguments + ["--smoothing", "2"], other + "smoothing was 1.0, now 2.0")
    try refusal(arguments + ["--masks"], other + "masks was false, now true")
    try refusal(
      arguments + ["--voxel-size", "1,1,2"], other + "a_t1: voxel size was ")
    try refusal(
      arguments + ["--frame-interval", "60"],
      other + "a_t1: frame interval was unknown, now 60.0 s")
    try refusal(["measure", "nsn", "--output", "out"], "holds the results of `morula segment`")
    try SyntheticEmbryos.write(
      ["a_t2", "a_t1"], to: place.path + "/more", extent: Extent(depth: 9, height: 40, width: 42))
    var moved = arguments
    moved[1] = "more/images"
    try refusal(moved, "holds the results of ")
    let anew = try morula(moved + ["--overwrite"])
    #expect(anew.status == 0, "\(anew.errors)")
    #expect(try Set(results("out").keys.filter { $0.hasPrefix("labels") }).count == 2)
    try place.write("a,b\n", to: "used/nuclei.csv")
    let used = try morula(Self.jobs[0] + ["--output", "used"])
    CommandErrorTests.expectFailure(used, "holds results of a run that cannot be continued")
  }

  @Test("A frame with more nuclei than a label image can hold fails alone")
  func tooManyNuclei() throws {
    let size = VoxelSize(isotropic: 1)
    let extent = Extent(depth: 82, height: 82, width: 82)
    var dots = Volume(repeating: UInt8(0), extent: extent, voxelSize: size)
    for z in stride(from: 0, to: 82, by: 2) {
      for y in stride(from: 0, to: 82, by: 2) {
        for x in stride(from: 0, to: 82, by: 2) { dots[z, y, x] = 200 }
      }
    }
    var block = Volume(repeating: UInt8(0), extent: extent, voxelSize: size)
    for z in 20..<40 { for y in 20..<40 { for x in 20..<40 { block[z, y, x] = 200 } } }
    try place.write(to: "many/.keep")
    try TIFF.write(dots, to: place.path + "/many/a_t1.tif")
    try TIFF.write(block, to: place.path + "/many/a_t2.tif")
    let result = try morula([
      "segment", "many", "--method", "classical", "--instances", "components", "--smoothing", "0",
      "--min-volume", "0", "--no-fill-holes", "--output", "out",
    ])
    CommandErrorTests.expectFailure(result, "labels up to 65535", status: 2)
    #expect(result.errors.contains("1 of 2 frames, 1 nucleus"), "\(result.errors)")
    #expect(try results("out").keys.contains("labels/a_t2.tif"))
  }

  @Test("A manifest that names files elsewhere is refused")
  func hostileManifest() throws {
    let arguments = Self.jobs[0] + ["--output", "out"]
    #expect(try morula(arguments).status == 0)
    let path = place.path + "/out/manifest.jsonl"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing("labels/a_t1.tif", with: "../images/a_t1.tif")
      .write(toFile: path, atomically: true, encoding: .utf8)
    let before = try Data(contentsOf: URL(filePath: place.path + "/images/a_t1.tif"))
    CommandErrorTests.expectFailure(
      try morula(arguments), "manifest.jsonl: line 1 is not of a manifest")
    #expect(try morula(arguments + ["--overwrite"]).status == 0)
    #expect(try Data(contentsOf: URL(filePath: place.path + "/images/a_t1.tif")) == before)
  }

  @Test("A folder is one process's while it writes")
  func locked() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c", "mkdir -p out/.morula; exec 9>>out/.morula/lock; flock 9; echo ready; sleep 30",
    ]
    process.currentDirectoryURL = URL(filePath: place.path)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    _ = pipe.fileHandleForReading.availableData
    defer { process.terminate() }
    CommandErrorTests.expectFailure(
      try morula(Self.jobs[0] + ["--output", "out"]), "another run is writing there")
  }

  @Test("A log has a line for each frame")
  func log() throws {
    try Data().write(to: URL(filePath: place.path + "/images/b_t2.tif"))
    let arguments = Self.jobs[0] + ["--output", "out", "--log", "log.jsonl"]
    #expect(try morula(arguments).status == 2)
    let lines = try String(contentsOfFile: place.path + "/log.jsonl", encoding: .utf8)
      .split(separator: "\n").map {
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
      }
    #expect(lines.count == 12)
    #expect(
      lines.map { $0["name"] as? String } == (1...9).map { "a_t\($0)" }
        + (1...3).map { "b_t\($0)" })
    #expect(lines.filter { $0["status"] as? String == "failed" }.count == 1)
    let first = try #require(lines.first)
    #expect(first["name"] as? String == "a_t1" && first["file"] as? String == "images/a_t1.tif")
    #expect((first["nuclei"] as? Int ?? 0) > 0)
    #expect((first["peak_memory_bytes"] as? Int ?? 0) > 1 << 20)
    #expect((first["finished"] as? String)?.hasSuffix("Z") == true)
    // Only what is done now.
    #expect(try morula(arguments).status == 2)
    let text = try String(contentsOfFile: place.path + "/log.jsonl", encoding: .utf8)
    #expect(text.split(separator: "\n").count == 13)
  }

  #if os(Linux)
    @Test(
      "A full disk stops a run at once; with room it goes on to the same bytes",
      .enabled(if: Self.mayMount, "mounting a small disk needs root"))
    func fullDisk() throws {
      let script = """
        mkdir disk; mount -t tmpfs -o size=64k none disk || exit 99
        $M segment images --method classical --min-volume 5 --probabilities --masks --output disk/out
        status=$?
        mount -o remount,size=64m disk
        $M segment images --method classical --min-volume 5 --probabilities --masks --output disk/out
        second=$?
        cp -r disk/out out
        echo statuses $status $second
        """
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/unshare")
      process.arguments = ["-m", "/bin/sh", "-c", script]
      process.environment = ProcessInfo.processInfo.environment
        .merging(["M": try #require(MorulaCommand.executable).path]) { $1 }
      process.currentDirectoryURL = URL(filePath: place.path)
      let (output, errors) = (Pipe(), Pipe())
      process.standardOutput = output
      process.standardError = errors
      try process.run()
      process.waitUntilExit()
      let said = String(
        decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      let statuses = String(
        decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      #expect(statuses.contains("statuses 4 0"), "\(statuses) \(said)")
      #expect(said.split(separator: "\n").count { $0.contains("error: ") } == 1, "\(said)")
      #expect(
        try morula(
          Self.jobs[0] + ["--probabilities", "--masks", "--output", "whole"]
        ).status == 0)
      #expect(try results("out") == results("whole"))
    }

    static let mayMount: Bool = {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/unshare")
      process.arguments = ["-m", "/bin/true"]
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return false }
      process.waitUntilExit()
      return process.terminationStatus == 0
    }()
  #endif
}
