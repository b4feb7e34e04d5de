import Compute
import Exchange
import Foundation
import Microscopy
import Networks
import Segmentation
import Tensors
import TestSupport
import Testing

/// Weights that Chainer-shaped and PyTorch scripts wrote (`Fixtures/foreign.py`), against what
/// those scripts computed with them in float64.
@Suite struct ImportTests {
  private static func path(_ name: String) -> String { Fixture.path(name, bundle: .module) }

  /// The logits of a model for an input, both ways to predict.
  private static func logits(_ model: Model, _ input: Tensor) throws -> [Tensor] {
    var workspace = Workspace()
    return [
      try model.network.predict(input, workspace: &workspace),
      try InferenceNetwork(model.network).predict(input, workspace: &workspace),
    ]
  }

  /// Float32 through some twenty layers: the largest difference allowed, with the logits'
  /// magnitude.
  private static func tolerance(_ logits: Tensor) -> Double {
    let magnitude = logits.scalars.reduce(0) { max($0, Double(abs($1))) }
    return 2e-5 * max(magnitude, 1)
  }

  @Test(arguments: ["nsn", "unet", "ndn"]) func chainer(_ name: String) throws {
    let reference = try Fixture.load("chainer/\(name)", bundle: .module)
    var model = try ModelImport().model(contentsOf: Self.path("chainer/\(name).npz"))
    let expected: [String: (levels: Int, base: Int, kernel: Int)] = [
      "nsn": (3, 2, 3), "unet": (4, 1, 3), "ndn": (5, 1, 5),
    ]
    let architecture = model.network.configuration
    #expect(architecture.levels == expected[name]?.levels)
    #expect(architecture.base == expected[name]?.base)
    #expect(architecture.kernel == expected[name]?.kernel)
    // As the original runs: eps of Chainer, statistics of the input.
    #expect(architecture.epsilon == 2e-5 && architecture.outputs == 2)
    #expect(model.description.inferenceStatistics == .batch && model.description.output == .softmax)
    #expect(model.description.kind == (name == "ndn" ? .ndn : .nsn))
    #expect(model.description.name == name && model.description.origin?.format == "Chainer npz")
    let input = try reference.tensor("input")
    let batch = try reference.tensor("logits")
    for logits in try Self.logits(model, input) {
      #expect(largestDifference(logits, batch) < Self.tolerance(batch))
    }
    // The other statistics, which the file has too.
    model.network.inferenceStatistics = .running
    let running = try reference.tensor("logits_running")
    for logits in try Self.logits(model, input) {
      #expect(largestDifference(logits, running) < Self.tolerance(running))
    }
    // Biases that are not there are zero.
    if name == "unet" {
      #expect(model.network.tensors["head.bias"]?.scalars == [0, 0])
      #expect(model.description.origin?.notes == ["18 convolutions without bias: zero"])
    }
    // The weights file keeps all that.
    let folder = try TestFolder()
    try model.write(to: folder.path + "/model.safetensors")
    let again = try Model(contentsOf: folder.path + "/model.safetensors")
    #expect(again.description == model.description)
    #expect(again.network.inferenceStatistics == .batch)
    #expect(
      again.network.tensors.allSatisfy { name, tensor in
        model.network.tensors[name]?.isIdentical(to: tensor) == true
      })
  }

  @Test func chainerSnapshot() throws {
    let model = try ModelImport().model(contentsOf: Self.path("chainer/snapshot.npz"))
    #expect(model.description.output == .sigmoid && model.network.configuration.base == 1)
    #expect(
      model.description.origin?.notes == [
        "skipped, no numbers: \"updater/model:main/c0/b\"",
        "left out 3 arrays outside of updater/model:main/",
        "13 convolutions without bias: zero",
      ])
  }

  @Test func reproduction() throws {
    let reference = try Fixture.load("pytorch/reproduction", bundle: .module)
    let model = try ModelImport().model(contentsOf: Self.path("pytorch/reproduction.tar"))
    #expect(model.network.configuration == UNetConfiguration(levels: 3, base: 2, kernel: 3))
    #expect(model.description.inferenceStatistics == .running && model.description.epochs == 14)
    let origin = try #require(model.description.origin)
    #expect(origin.format == "PyTorch" && origin.file == "reproduction.tar")
    #expect(origin.sha256 == (try SHA256.digest(ofFile: Self.path("pytorch/reproduction.tar"))))
    // The date and the NumPy number are skipped, by name.
    #expect(origin.notes.first == "state dict \"net_state_dict\"")
    #expect(origin.notes.contains { $0.contains("datetime.datetime") && $0.contains("scalar") })
    let expected = try reference.tensor("logits")
    for logits in try Self.logits(model, try reference.tensor("input")) {
      #expect(largestDifference(logits, expected) < Self.tolerance(expected))
    }
  }

  @Test func pickledModule() throws {
    let reference = try Fixture.load("pytorch/module", bundle: .module)
    let model = try ModelImport().model(contentsOf: Self.path("pytorch/module.pth"))
    // ε of its layers, which a state dict does not hold.
    #expect(
      model.network.configuration
        == UNetConfiguration(levels: 3, base: 1, kernel: 3, outputs: 2, epsilon: 1e-4))
    #expect(
      model.description.origin?.notes.contains { $0.contains("src.lib.model.Original") } == true)
    let expected = try reference.tensor("logits")
    for logits in try Self.logits(model, try reference.tensor("input")) {
      #expect(largestDifference(logits, expected) < Self.tolerance(expected))
    }
  }

  /// Other names, 16 bits, views, no biases, skips first; and the same as safetensors, in no order.
  @Test(arguments: ["sequential.pt", "sequential.names.safetensors"])
  func sequential(_ name: String) throws {
    let reference = try Fixture.load("pytorch/sequential.pt", bundle: .module)
    var rules = ModelImport()
    rules.concatenation = .skipFirst
    let model = try rules.model(contentsOf: Self.path("pytorch/\(name)"))
    let expected = try reference.tensor("logits")
    for logits in try Self.logits(model, try reference.tensor("input")) {
      #expect(largestDifference(logits, expected) < Self.tolerance(expected))
    }
    // The order matters, and cannot be seen from the file.
    let other = try ModelImport().model(contentsOf: Self.path("pytorch/\(name)"))
    for logits in try Self.logits(other, try reference.tensor("input")) {
      #expect(largestDifference(logits, expected) > 100 * Self.tolerance(expected))
    }
  }

  @Test func choices() throws {
    var rules = ModelImport()
    rules.name = "mine"
    rules.kind = .unet
    rules.statistics = .batch
    rules.epsilon = 1e-3
    rules.scaling = .none
    rules.threshold = 0.25
    rules.key = "net_state_dict"
    rules.voxelSize = .init(x: 0.8, y: 0.8, z: 1.75)
    let path = Self.path("pytorch/reproduction.tar")
    let model = try rules.model(contentsOf: path)
    #expect(model.description.name == "mine" && model.description.kind == .unet)
    #expect(model.network.inferenceStatistics == .batch && model.description.threshold == 0.25)
    #expect(model.network.configuration.epsilon == 1e-3 && model.preprocessing.scaling == .none)
    #expect(model.description.gridVoxelSize == .init(isotropic: 0.8))
    #expect(model.description.trainedVoxelSize == rules.voxelSize)
    rules.key = "optimizer_state_dict"
    #expect(throws: WeightsError.self) { try rules.model(contentsOf: path) }
  }

  @Test(arguments: [
    ("other-halving.pt", "it has no transposed convolution 8 → 8"),
    ("other-flat.pt", "holds no state dict with the weights of 3D convolutions"),
    ("other-mixed.pt", "has 2 axes; convolutions of volumes have 5"),
    ("other-three-outputs.pt", "has 1 input and 3 output channels"),
    ("other-few-normalizations.pt", "it has 1 normalizations for 2 convolutions"),
    ("other-nothing.pt", "holds no state dict"),
    ("old.pt", "is a pickle outside of a zip archive"),
  ]) func otherArchitectures(_ name: String, problem: String) throws {
    let error = try #require(throws: WeightsError.self) {
      try ModelImport().model(contentsOf: Self.path("pytorch/\(name)"))
    }
    #expect(error.description.contains(problem), "\(error)")
    #expect(!error.description.contains("\n"))
  }

  @Test func filesOfOtherKinds() throws {
    let folder = try TestFolder()
    let model = try ModelImport().model(contentsOf: Self.path("chainer/nsn.npz"))
    try model.write(to: folder.path + "/ours.safetensors")
    try folder.write("", to: "empty")
    try folder.write("no weights here, but some text", to: "text")
    for (name, problem) in [
      ("ours.safetensors", "is a model of Morula already"),
      ("empty", "is not a Chainer npz"), ("text", "is not a Chainer npz"), ("absent", "absent: "),
      ("", "not a regular file"),
    ] {
      let error = try #require(throws: WeightsError.self) {
        try ModelImport().model(contentsOf: folder.path + "/" + name)
      }
      #expect(error.description.contains(problem), "\(error)")
    }
    // An archive of arrays that are not a network.
    let arrays = try #require(throws: WeightsError.self) {
      try ModelImport().model(contentsOf: Self.path("numpy/arrays.npz"))
    }
    #expect(arrays.description.contains("has no array c0/W"))
  }
}
