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
