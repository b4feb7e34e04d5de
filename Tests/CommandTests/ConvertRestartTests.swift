import Foundation
import Microscopy
import TestSupport
import Testing

/// Conversions that are killed, stopped, fill the disk or lose their inputs, and are started again.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable was not built"))
struct ConvertRestartTests {
  private let place: TestFolder

  /// `images` holds a series a of nine frames and a series b of three, `nsn` their labels,
  /// `movie.zarr` and `labels.tif` the series a.
  init() throws {
    place = try TestFolder()
    try SyntheticEmbryos.write(
      (1...9).map { "a_t\($0)" } + (1...3).map { "b_t\($0)" }, to: place.path,
      extent: Extent(depth: 9, height: 40, width: 300))
    for (folder, output) in [("images", "movie.zarr"), ("nsn", "labels.tif")] {
      let files = (1...9).map { "\(folder)/a_t\($0).tif" }
      let made = try morula(["convert"] + files + ["--output", output])
      #expect(made.status == 0, "\(made.errors)")
    }
  }

  private func morula(_ arguments: [String]) throws -> MorulaCommand.Result {
    try MorulaCommand.run(arguments, in: place)
  }

  private func files(_ name: String) throws -> [String: Data] {
    try KilledCommand.files(in: place.path + "/" + name)
  }

  private func remove(_ name: String) throws {
    try? FileManager.default.removeItem(atPath: place.path + "/" + name)
  }

  /// A kind of conversion: its command line and its output, whose name tells the format.
  struct Kind: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let output: String
    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let kinds = [
    Kind(
      arguments: ["movie.zarr", "--ngff", "0.5", "--labels", "nuclei=labels.tif"],
      output: "out.zarr"),
    Kind(arguments: ["labels.tif", "--as-labels"], output: "01_RES"),
    Kind(arguments: ["images", "--to", "ome-zarr"], output: "out"),
    Kind(arguments: ["images", "--to", "imagej"], output: "out"),
  ]

  @Test(
    "Killed at random moments, a conversion ends with the bytes of an undisturbed one",
    arguments: kinds)
  func killed(kind: Kind) throws {
    let command = ["convert"] + kind.arguments + ["--output", kind.output]
    let start = ContinuousClock.now
    let first = try morula(command)
    #expect(first.status == 0, "\(first.errors)")
    let seconds = start.duration(to: .now) / .seconds(1)
    let whole = try files(kind.output)
    #expect(whole.count >= 2)
    let isAlone = kind.output != "out"
    var kills = 0
    while kills < RestartTests.kills {
      try remove(kind.output)
      let count = try KilledCommand.run(
        command, in: place, within: seconds, atMost: RestartTests.kills - kills
      ) {
        // What is visible is whole.
        for (name, data) in try files(kind.output) { #expect(data == whole[name], "\(name)") }
        if isAlone { #expect([0, whole.count].contains(try files(kind.output).count)) }
      }
      kills += count
      let isDone = try isAlone && files(kind.output) == whole
      let last = try morula(command)
      // Nothing beside a single output tells whose it is.
      if isDone {
        #expect(last.status == 0 || last.errors.contains("exists already"), "\(last.errors)")
      } else {
        #expect(last.status == 0, "\(last.errors)")
      }
      #expect(try files(kind.output) == whole, "after \(kills) kills")
      #expect(try KilledCommand.hidden(in: place.path).isEmpty)
      #expect(try !isAlone || KilledCommand.hidden(in: "\(place.path)/\(kind.output)").isEmpty)
    }
  }

  @Test("A replaced image is whole at every moment, the earlier or the new one")
  func killedReplacing() throws {
    let command = ["convert", "movie.zarr", "--output", "out.zarr"]
    #expect(try morula(command).status == 0)
    let old = try files("out.zarr")
    let other = command + ["--ngff", "0.5", "--overwrite"]
    let start = ContinuousClock.now
    #expect(try morula(other).status == 0)
    let seconds = start.duration(to: .now) / .seconds(1)
    let new = try files("out.zarr")
    try remove("out.zarr")
    #expect(try morula(command).status == 0)
    _ = try KilledCommand.run(other, in: place, within: seconds, atMost: RestartTests.kills) {
      let found = try files("out.zarr")
      #expect(found == old || found == new)
    }
    let last = try morula(other)
    #expect(last.status == 0, "\(last.errors)")
    #expect(try files("out.zarr") == new)
    #expect(try KilledCommand.hidden(in: place.path).isEmpty)
  }

  /// Makes a conversion of the series a fail in its last frame, whose data are damaged.
  private func failingInTheLastFrame(_ command: [String]) throws -> MorulaCommand.Result {
    let path = place.path + "/images/a_t9.tif"
    let sound = try Data(contentsOf: URL(filePath: path))
    var damaged = sound
    damaged.replaceSubrange(40..<400, with: Data(repeating: 0xFF, count: 360))
    try damaged.write(to: URL(filePath: path))
    defer { try? sound.write(to: URL(filePath: path)) }
    return try morula(command)
  }

  @Test("An input that cannot be read costs nothing that is done", arguments: ["out.zarr", "01"])
  func brokenInput(output: String) throws {
    let inputs = (1...9).map { "images/a_t\($0).tif" }
    let command = ["convert"] + inputs + ["--output", output]
    #expect(try morula(command).status == 0)
    let whole = try files(output)
    try remove(output)
    let broken = try failingInTheLastFrame(command)
    CommandErrorTests.expectFailure(broken, "a_t9.tif")
    #expect(broken.errors.contains("what is done of \(output) is kept; the same command goes on"))
    #expect(try files(output).isEmpty)
    let last = try morula(command)
    #expect(last.status == 0 && last.errors.contains("8 of 9 frames are done; going on"))
    #expect(try files(output) == whole)
    #expect(try KilledCommand.hidden(in: place.path).isEmpty)
  }

  @Test("What was begun with other settings is refused, or removed if asked")
  func otherSettings() throws {
    let inputs = (1...9).map { "images/a_t\($0).tif" }
    let command = ["convert"] + inputs + ["--output", "out.zarr"]
    #expect(try failingInTheLastFrame(command).status == 1)
    let other = command + ["--voxel-size", "1,1,2"]
    let refused = try morula(other)
    CommandErrorTests.expectFailure(
      refused,
      "out.zarr: was begun with other settings: voxel size was 0.8,0.8,1.6, now 1.0,1.0,2.0")
    // A frame that changed meanwhile is made again.
    try FileManager.default.removeItem(atPath: place.path + "/images/a_t3.tif")
    try FileManager.default.copyItem(
      atPath: place.path + "/images/b_t3.tif", toPath: place.path + "/images/a_t3.tif")
    let changed = try morula(command)
    #expect(changed.status == 0 && changed.errors.contains("1 frame changed since; made again"))
    let image = try ZarrImage(opening: place.path + "/out.zarr")
    #expect(
      try image.readSamples(frame: 2).bytes
        == TIFFStack(opening: place.path + "/images/b_t3.tif").readSamples(channel: 0, frame: 0)
        .bytes)
    try remove("out.zarr")
    #expect(try failingInTheLastFrame(command).status == 1)
    #expect(try morula(other + ["--overwrite"]).status == 0)
    #expect(
      try ZarrImage(opening: place.path + "/out.zarr").calibration.voxelSize
        == VoxelSize(x: 1, y: 1, z: 2))
  }

  @Test(
    "Of several outputs those that are done stay, and others are told apart",
    arguments: ["ome-zarr", "imagej", "ctc"])
  func severalOutputs(format: String) throws {
    let command = ["convert", "images", "--to", format, "--output", "out"]
    #expect(try morula(command).status == 0)
    let whole = try files("out")
    let again = try morula(command)
    #expect(again.status == 0 && again.errors == "note: all 2 outputs are done already\n")
    let other = try morula(command + ["--voxel-size", "1,1,2"])
    CommandErrorTests.expectFailure(other, "is the result of other inputs or settings: voxel size")
    let name = try #require(
      FileManager.default.contentsOfDirectory(atPath: place.path + "/out")
        .first { $0.hasPrefix("b") })
    try remove("out/" + name)
    let missing = try morula(command)
    #expect(missing.status == 0 && missing.errors.contains("1 of 2 outputs is done; going on"))
    #expect(try files("out") == whole)
    // Another date alone changes nothing, other voxels do.
    try FileManager.default.setAttributes(
      [.modificationDate: Date.distantPast], ofItemAtPath: place.path + "/images/a_t1.tif")
    #expect(try morula(command).errors == "note: all 2 outputs are done already\n")
    try FileManager.default.removeItem(atPath: place.path + "/images/a_t1.tif")
    try FileManager.default.copyItem(
      atPath: place.path + "/images/a_t2.tif", toPath: place.path + "/images/a_t1.tif")
    CommandErrorTests.expectFailure(
      try morula(command), "is the result of other inputs or settings: its input has changed since")
    #expect(try morula(command + ["--overwrite"]).status == 0)
    #expect(try files("out") != whole)
  }

  @Test("An output that fails does not keep others from being made")
  func oneFails() throws {
    let result = try failingInTheLastFrame(
      ["convert", "images", "--to", "ome-zarr", "--output", "out", "--log", "log.jsonl"])
    CommandErrorTests.expectFailure(result, "a_t9.tif", status: 2)
    #expect(try files("out").keys.contains("b.zarr/.zattrs"))
    let lines = try String(contentsOfFile: place.path + "/log.jsonl", encoding: .utf8)
      .split(separator: "\n")
    #expect(lines.count == 12 && lines.count { $0.contains("\"status\": \"failed\"") } == 1)
  }

  @Test("Stopped by a signal, a conversion goes on")
  func stopped() throws {
    try SyntheticEmbryos.write(
      (1...40).map { "c_t\($0)" }, to: place.path + "/more",
      extent: Extent(depth: 20, height: 100, width: 300))
    let command = ["convert", "more/images", "--output", "more.zarr"]
    let result = try MorulaCommand.run(command, in: place, terminating: true) {
      $0.contains("1/40")
    }
    #expect(result.status == 143, "\(result.errors)")
    #expect(result.errors.contains("what is done of more.zarr is kept"), "\(result.errors)")
    #expect(try files("more.zarr").isEmpty)
    let last = try morula(command)
    #expect(last.status == 0 && last.errors.contains("of 40 frames"), "\(last.errors)")
    #expect(try ZarrImage(opening: place.path + "/more.zarr").frames == 40)
  }

  @Test("An output is one process's while it grows")
  func locked() throws {
    let inputs = (1...9).map { "images/a_t\($0).tif" }
    let command = ["convert"] + inputs + ["--output", "out.zarr"]
    #expect(try failingInTheLastFrame(command).status == 1)
    let draft = try #require(KilledCommand.hidden(in: place.path).first)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "exec 9>>\(draft)/lock; flock 9; echo ready; sleep 30"]
    process.currentDirectoryURL = URL(filePath: place.path)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    _ = pipe.fileHandleForReading.availableData
    defer { process.terminate() }
    CommandErrorTests.expectFailure(try morula(command), "out.zarr: another run is writing it")
  }

  #if os(Linux)
    @Test(
      "A full disk stops a conversion at once; with room it goes on to the same bytes",
      .enabled(if: RestartTests.mayMount, "mounting a small disk needs root"))
    func fullDisk() throws {
      let script = """
        mkdir disk; mount -t tmpfs -o size=500k none disk || exit 99
        $M convert movie.zarr --output disk/out.zarr
        status=$?
        mount -o remount,size=64m disk
        $M convert movie.zarr --output disk/out.zarr
        second=$?
        cp -r disk/out.zarr out.zarr; ls -A disk
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
      let printed = String(
        decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      #expect(printed == "out.zarr\nstatuses 4 0\n", "\(printed) \(said)")
      #expect(said.split(separator: "\n").count { $0.contains("error: ") } == 1, "\(said)")
      #expect(said.contains("of 9 frames"), "\(said)")
      #expect(try morula(["convert", "movie.zarr", "--output", "whole.zarr"]).status == 0)
      #expect(try files("out.zarr") == files("whole.zarr"))
    }
  #endif
}
