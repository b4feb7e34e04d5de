import Foundation
import TestSupport
import Testing

/// `morula model import` and `morula model export`.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct ModelExchangeTests {
  /// The weights that another room's fixtures have.
  private static let weights = packageFolder.appending(
    path: "Tests/ExchangeTests/Fixtures/chainer/nsn.npz"
  ).path

  /// Metadata cannot add lines to what is printed.
  @Test func metadataStayOnTheirLines() throws {
    let here = try Workplace()
    let name = "nsn\nnote            trusted\u{1B}[2Jx"
    let imported = try here.run(
      "model", "import", Self.weights, "--output", "nsn.safetensors", "--name", name)
    #expect(imported.status == 0, "\(imported.errors)")
    for output in [imported.output, try here.run("model", "info", "nsn.safetensors").output] {
      #expect(
        output.contains("name            nsn\\nnote            trusted\\u{1B}[2Jx\n"), "\(output)")
      #expect(!output.contains("\u{1B}"))
    }
  }

  /// Every command that takes a model takes the names of the library.
  @Test func modelsHaveNames() throws {
    let here = try Workplace()
    let missing = try here.run(
      "predict", "--model", "nns", "data/images/Emb01_t001.tif", "--output", "a")
    #expect(missing.status == 1)
    #expect(
      missing.errors.contains(
        "nns: there is neither a file nor a model of this name; the models are"),
      "\(missing.errors)")
    try here.place.write(to: "models/notes.txt")
    let imported = try here.run(
      "model", "import", Self.weights, "--output", "models/nsn.safetensors", "--batch-norm",
      "running")
    #expect(imported.status == 0, "\(imported.errors)")
    for arguments in [
      ["predict", "--model", "nsn", "data/images/Emb01_t001.tif", "--output", "b"],
      ["model", "pack", "nsn", "--output", "c.safetensors"],
      ["model", "export", "nsn", "--format", "onnx", "--output", "c.onnx"],
      [
        "segment", "data/images/Emb01_t001.tif", "--nsn", "nsn", "--instances", "watershed",
        "--output", "d",
      ],
    ] {
      let result = try MorulaCommand.run(arguments, in: here.place)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
    }
  }

  @Test func configurationsFromPipes() throws {
    let here = try Workplace()
    guard let executable = MorulaCommand.executable?.path else { return }
    // Paths in it start at the working directory.
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = [
      "-c", "cat tiny.yaml | '\(executable)' train --config /dev/stdin --dry-run 2>out",
    ]
    shell.currentDirectoryURL = URL(filePath: here.place.path)
    try shell.run()
    shell.waitUntilExit()
    let errors = try here.text("out")
    #expect(shell.terminationStatus == 0, "\(errors)")
  }

  @Test func thereAndBack() throws {
    let here = try Workplace()
    let imported = try here.run(
      "model", "import", Self.weights, "--output", "nsn.safetensors", "--voxel-size",
      "0.8,0.8,1.75")
    #expect(imported.status == 0, "\(imported.errors)")
    for text in [
      "imported from   Chainer npz, nsn.npz", "batch norm      batch statistics, eps 2e-05",
      "softmax, threshold 0.5", "network grid    0.8 × 0.8 × 0.8 µm",
    ] {
      #expect(imported.output.contains(text), "\(imported.output)")
    }
    #expect(try here.run("model", "info", "nsn.safetensors").output == imported.output)
    // Both statistics run, and differ.
    for statistics in ["batch", "running"] {
      let predicted = try here.run(
        "predict", "--model", "nsn.safetensors", "data/images/Emb01_t001.tif", "--output",
        statistics, "--batch-norm", statistics)
      #expect(predicted.status == 0, "\(predicted.errors)")
    }
    func volume(_ folder: String) throws -> Data {
      try Data(contentsOf: URL(filePath: "\(here.place.path)/\(folder)/Emb01_t001.tif"))
    }
    #expect(try volume("batch") != volume("running"))
    for format in ["safetensors", "onnx", "pytorch", "bioimageio"] {
      let exported = try here.run(
        "model", "export", "nsn.safetensors", "--format", format, "--output", format)
      #expect(exported.status == 0 && here.has(format), "\(exported.errors)")
    }
    let again = try here.run("model", "import", "pytorch", "--output", "again.safetensors")
    #expect(again.status == 0 && again.output.contains("imported from   PyTorch, pytorch"))
  }

  @Test func failures() throws {
    let here = try Workplace()
    try here.place.write("PK no archive", to: "broken.npz")
    try here.place.write("", to: "empty.pt")
    for (file, problem) in [
      ("broken.npz", "is not a zip archive"), ("empty.pt", "is not a Chainer npz"),
      ("absent.pt", "absent.pt: "), (".", "not a regular file"),
    ] {
      CommandErrorTests.expectFailure(
        try here.run("model", "import", file, "--output", "x.safetensors"), problem)
    }
    #expect(!here.has("x.safetensors"))
    CommandErrorTests.expectFailure(
      try here.run("model", "export", "absent", "--format", "onnx", "--output", "x"), "absent: ")
    let wrong = try here.run(
      "model", "export", "absent", "--format", "onnx", "--output", "x", "--license", "MIT")
    #expect(wrong.status == 64)
  }
}
