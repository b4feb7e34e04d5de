import Foundation
import Microscopy
import TestSupport
import Testing

/// Exit codes and single lines of error.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct CommandErrorTests {
  /// Expects exit code 1 and one line of error that says these words.
  static func expectFailure(
    _ result: MorulaCommand.Result, _ words: String..., status: Int32 = 1,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.errorLines.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
    let line = result.errorLines.first ?? ""
    #expect(line.hasPrefix("morula: error: "), "\(line)", sourceLocation: sourceLocation)
    for word in words {
      #expect(line.contains(word), "\(line)", sourceLocation: sourceLocation)
    }
    // One line says it all; no dump of an error value.
    for noise in ["NSError", "Domain=", "UserInfo", "\r"] {
      #expect(!result.errors.contains(noise), "\(result.errors)", sourceLocation: sourceLocation)
    }
  }

  @Test func configurations() throws {
    let here = try Workplace()
    Self.expectFailure(
      try here.run("train", "--config", "absent.yaml"),
      "absent.yaml: there is no such configuration file")
    let typo = try here.run("train", "--config", "tiny.yaml", "--set", "optimizer.learning_rte=1")
    Self.expectFailure(
      typo, "error: --set optimizer.learning_rte=1: optimizer.learning_rte: unknown key",
      "did you mean 'learning_rate'?")
    #expect(typo.errors.split(separator: "\n").count == 1)
    try here.place.write("network: {kind: nsn, lvels: 3}\n", to: "typo.yaml")
    Self.expectFailure(
      try here.run("train", "--config", "typo.yaml"), "typo.yaml:1: network.lvels: unknown key",
      "did you mean 'levels'?")
    try here.place.write("network: [}\n", to: "broken.yaml")
    Self.expectFailure(try here.run("train", "--config", "broken.yaml"), "broken.yaml:1")
    Self.expectFailure(
      try here.run("train", "--config", "tiny.yaml", "--folds", "1"),
      "tiny.yaml: has no data.folds, which --folds needs")
  }

  @Test func data() throws {
    let here = try Workplace()
    Self.expectFailure(
      try here.run("train", "--config", "tiny.yaml", "--set", "data.images=absent"),
      "absent: there is no such folder; set data.images")
    try FileManager.default.removeItem(atPath: here.place.path + "/data/nsn/Emb01_t002.tif")
    Self.expectFailure(
      try here.run("train", "--config", "tiny.yaml"), "data/nsn: no target for Emb01_t002.tif")
    let uncalibrated = try Workplace(voxelSize: false)
    Self.expectFailure(
      try uncalibrated.run("train", "--config", "tiny.yaml"), "Emb01_t001.tif",
      "does not state its voxel size; set data.voxel_size")
    try uncalibrated.place.write("no TIFF", to: "data/images/Emb01_t001.tif")
    Self.expectFailure(
      try uncalibrated.run("train", "--config", "tiny.yaml"), "data/images/Emb01_t001.tif")
  }

  @Test func runFolders() throws {
    let here = try Workplace()
    try here.place.write("a file", to: "file")
    Self.expectFailure(
      try here.run("train", "--config", "tiny.yaml", "--output", "file/out"),
      "file/out: the folder cannot be made: a part of the path is a file, not a folder; choose another --output"
    )
    Self.expectFailure(
      try here.run("train", "--config", "tiny.yaml", "--output", "file"),
      "file: the folder cannot be made: a part of the path is a file, not a folder; choose another --output"
    )
  }

  @Test func models() throws {
    let here = try Workplace()
    let image = "data/images/Emb01_t001.tif"
    for command in [
      ["predict", "--model", "absent.safetensors", image, "--output", "out"],
      ["model", "info", "absent.safetensors"],
    ] {
      Self.expectFailure(
        try MorulaCommand.run(command, in: here.place), "absent.safetensors: ")
    }
    for command in [
      ["predict", "--model", image, image, "--output", "out"], ["model", "info", image],
    ] {
      Self.expectFailure(try MorulaCommand.run(command, in: here.place), image + ": ")
    }
    #expect(!here.has("out"))
  }

  @Test func predictions() throws {
    let here = try Workplace(voxelSize: false)
    let trained = try here.run(
      "train", "--config", "tiny.yaml", "--output", "run", "--set", "training.epochs=1", "--set",
      "data.voxel_size=[0.8, 0.8, 1.6]")
    #expect(trained.status == 0, "\(trained.errors)")
    let model = "run/best.safetensors"
    let image = "data/images/Emb01_t001.tif"
    func predict(_ arguments: String...) throws -> MorulaCommand.Result {
      try MorulaCommand.run(["predict", "--model", model] + arguments, in: here.place)
    }
    Self.expectFailure(
      try predict("absent.tif", "--output", "out"), "absent.tif: there is no such file or folder")
    try here.place.write("text", to: "folder/notes.txt")
    Self.expectFailure(
      try predict("folder", "--output", "out"), "folder: the folder holds no TIFF")
    Self.expectFailure(
      try predict("folder/notes.txt", "--output", "out"), "folder/notes.txt")
    Self.expectFailure(
      try predict(image, "--output", "out"), image, "does not state its voxel size",
      "give it in µm with --voxel-size x,y,z, or", "--raw")
    Self.expectFailure(
      try predict(image, "--output", "folder/notes.txt", "--raw"),
      "folder/notes.txt: the folder cannot be made: a part of the path is a file, not a folder; choose another --output"
    )
    Self.expectFailure(
      try predict(image, "--output", "data/images", "--raw"),
      image + ": would be replaced by a result; choose another --output")
    Self.expectFailure(
      try predict(image, "--output", "out", "--raw", "--max-memory", "1k"),
      "even for the smallest tile", "raise --max-memory")

    // One bad file does not stop the others.
    let mixed = try predict("folder/notes.txt", image, "--output", "mixed", "--raw")
    Self.expectFailure(mixed, "folder/notes.txt", status: 2)
    #expect(mixed.errors.contains("1 of 2 volumes written to mixed"))
    #expect(here.has("mixed/Emb01_t001.tif") && !here.has("mixed/notes.tif"))
  }

  /// Mistakes in the command line itself: exit code 64, as sysexits.h has it.
  @Test(arguments: [
    ["--voxel-size", "0.8,0.8"], ["--voxel-size", "0.8,0.8,0"], ["--voxel-size", "a,b,c"],
    ["--voxel-size", "0.8,0.8,1.75,2"], ["--voxel-size", "0.8,,0.8,1.75"], ["--tile", "0"],
    ["--voxel-size", "nan,1,1"], ["--max-memory", "much"], ["--threads", "0"],
    ["--tile", "8", "--max-memory", "1G"], ["--batch-norm", "batch", "--tile", "8"],
    ["--batch-norm", "none"], ["--no-such-option"],
  ])
  func options(arguments: [String]) throws {
    let here = try Workplace()
    let result = try MorulaCommand.run(
      ["predict", "--model", "m.safetensors", "v.tif", "--output", "out"] + arguments,
      in: here.place)
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errorLines.count == 1 && result.errors.hasPrefix("Error: "))
    #expect(result.errorLines.first?.contains(arguments[0]) == true, "\(result.errors)")
    #expect(!here.has("out"))
  }
}
