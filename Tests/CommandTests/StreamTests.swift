import Foundation
import TestSupport
import Testing

/// Standard streams that are closed, full or gone.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable was not built"))
struct StreamTests {
  let place: TestFolder

  init() throws {
    place = try TestFolder()
    try SyntheticEmbryos.write(
      ["Emb01_t001", "Emb01_t002"], to: place.path + "/data",
      voxelSize: SyntheticEmbryos.voxelSize)
  }

  /// Runs a line of a shell in which `$M` is the command; its status, and what it printed.
  private func shell(_ line: String) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", line]
    process.environment = ProcessInfo.processInfo.environment
      .merging(["M": try #require(MorulaCommand.executable).path]) { $1 }
    process.currentDirectoryURL = URL(filePath: place.path)
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  private static let segment = "$M segment data/images --output out --method classical"

  private func expectResults(_ folder: String = "out") {
    for name in ["nuclei.csv", "criteria.csv", "run.json", "labels/Emb01_t002.tif"] {
      #expect(FileManager.default.fileExists(atPath: "\(place.path)/\(folder)/\(name)"))
    }
    // Messages went into no file.
    let start = try? Data(contentsOf: URL(filePath: "\(place.path)/\(folder)/nuclei.csv")).prefix(6)
    #expect(start == Data("series".utf8))
  }

  @Test(
    "Work goes on where its progress cannot be shown",
    arguments: [
      "2>/dev/full", "2>&-", "0<&- 1>&- 2>&-", "1>&- 2>&-", "2</dev/null", "2> >(true)",
      ">/dev/full 2>&1",
    ])
  func lostErrors(redirection: String) throws {
    #expect(try shell("\(Self.segment) \(redirection)").status == 0)
    expectResults()
  }

  @Test(
    "A training goes on where its progress cannot be shown", arguments: ["2>/dev/full", "2>&-"])
  func training(redirection: String) throws {
    try place.write(
      """
      network: {kind: nsn, levels: 2, base: 2}
      data: {root: data, images: images, targets: nsn}
      training: {epochs: 1}
      """, to: "tiny.yaml")
    #expect(try shell("$M train --config tiny.yaml --output run \(redirection)").status == 0)
    #expect(FileManager.default.fileExists(atPath: place.path + "/run/last.safetensors"))
  }

  #if os(Linux)
    @Test("Work goes on when its terminal is closed", arguments: [true, false])
    func closedTerminal(isEarly: Bool) throws {
      let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var (number, locked): (Int32, Int32) = (0, 0)
      // TIOCSPTLCK and TIOCGPTN: the pair is unlocked, and the terminal has this number.
      #expect(ioctl(master, 0x4004_5431, &locked) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
      let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
      let terminal = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
      let process = Process()
      process.executableURL = MorulaCommand.executable
      process.arguments = [
        "segment", "data/images", "--output", "out", "--method", "classical",
      ]
      process.currentDirectoryURL = URL(filePath: place.path)
      process.standardInput = terminal
      process.standardOutput = terminal
      process.standardError = terminal
      try process.run()
      try terminal.close()
      if !isEarly {
        var byte: UInt8 = 0
        #expect(read(master, &byte, 1) == 1)
      }
      close(master)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 0)
      expectResults()
    }

  #endif

  @Test("A terminal that is closed stops the work in order, unless nohup says otherwise")
  func hangup() throws {
    let wait = "until ls out/.morula/lock; do sleep 0.01; done; kill -HUP $!; wait $!"
    let stopped = try shell("\(Self.segment) & \(wait)")
    #expect(stopped.status == 129 || stopped.status == 0, "\(stopped)")
    #expect(try shell("nohup \(Self.segment) & \(wait)").status == 0)
    expectResults()
  }

  @Test(
    "A lost standard output is an error",
    arguments: [
      "$M info data/images >/dev/full", "$M info --json data/images >/dev/full",
      "$M info data/images >&-", "$M --help >/dev/full", "$M --version >/dev/full",
      "$M segment --help >&-",
      "$M evaluate --prediction data/nsn --truth data/nsn --json a.json >/dev/full",
    ])
  func lostOutput(line: String) throws {
    let result = try shell(line)
    #expect(result.status == (line.contains("full") ? 4 : 1))
    #expect(result.output.contains("morula: error: standard output: "))
    if line.contains("a.json") {
      #expect(FileManager.default.fileExists(atPath: place.path + "/a.json"))
    }
  }

  @Test("A reader that has enough ends the command quietly")
  func closedPipe() throws {
    let result = try shell("($M info data/images; echo $? >&2) | (exec <&-; sleep 1)")
    #expect(result.output == "141\n")
  }

  @Test("Outputs that are no files are written through", arguments: [true, false])
  func processSubstitution(isPipe: Bool) throws {
    let scores = "$M evaluate --prediction data/nsn --truth data/nsn --bootstrap 0"
    let line =
      isPipe
      ? "mkfifo p; cat p > a.json & \(scores) --json p; wait; test -p p"
      : "\(scores) --json >(cat > a.json) && sleep 1"
    #expect(try shell(line).status == 0)
    let data = try Data(contentsOf: URL(filePath: place.path + "/a.json"))
    #expect(try JSONSerialization.jsonObject(with: data) is [String: Any])
  }

  @Test("Scores to /dev/stdout stand behind what was printed before")
  func standardOutput() throws {
    let line =
      "$M evaluate --prediction data/nsn --truth data/nsn --json /dev/stdout > all.txt"
    #expect(try shell(line).status == 0)
    let text = try String(contentsOfFile: place.path + "/all.txt", encoding: .utf8)
    #expect(text.hasPrefix("nuclei") && text.contains("\n{\n"))
  }
}
