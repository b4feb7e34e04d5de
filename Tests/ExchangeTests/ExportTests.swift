import Compute
import Exchange
import Foundation
import Microscopy
import Networks
import Segmentation
import Tensors
import TestSupport
import Testing

/// What Morula writes for other programs. That these read it too is checked by scripts in
/// docs/examples; here a slow reader of ONNX, the importer and the checks of archives stand for them.
@Suite struct ExportTests {
  /// A model with random weights and running statistics.
  static func model(
    _ architecture: UNetConfiguration, statistics: InferenceStatistics = .running,
    scaling: Preprocessing.Scaling = .minMax
  ) throws -> Model {
    var network = try UNet3D(architecture, initializer: .heNormal, seed: 3)
    var random = SeededGenerator(seed: 4, stream: 9)
    network.forEachBuffer { buffer in
      let center: Float = buffer.name.hasSuffix("running_var") ? 0.8 : 0
      for index in 0..<buffer.value.count {
        buffer.value[index] = center + Float(random.uniform(in: -0.2...0.2))
      }
    }
    network.forEachParameter { parameter in
      guard parameter.value.shape.rank == 1 else { return }
      for index in 0..<parameter.value.count {
        parameter.value[index] += Float(random.uniform(in: -0.2...0.2))
      }
    }
    network.inferenceStatistics = statistics
    var preprocessing = Preprocessing()
    preprocessing.scaling = scaling
    var description = Model.Description(
      name: "test: µ/1", kind: .nsn, output: architecture.outputs == 2 ? .softmax : .sigmoid)
    description.gridVoxelSize = VoxelSize(isotropic: 0.8)
    description.inferenceStatistics = statistics
    return Model(network: network, description: description, preprocessing: preprocessing)
  }

  private static let small = UNetConfiguration(levels: 3, base: 1, kernel: 3, epsilon: 1e-4)

  /// Sides that the levels halve, and sides that must be mirrored, down to one voxel.
  @Test(arguments: InferenceStatistics.allCases, [1, 2])
  func graph(statistics: InferenceStatistics, outputs: Int) throws {
    var architecture = Self.small
    architecture.outputs = outputs
    let model = try Self.model(architecture, statistics: statistics)
    let bytes = try ONNXExport.bytes(model, file: "x.onnx")
    #expect(bytes == (try ONNXExport.bytes(model, file: "x.onnx")))
    var random = SeededGenerator(seed: 6, stream: 1)
    var workspace = Workspace()
    for sides in [[8, 4, 12], [5, 7, 10], [1, 2, 3]] {
      let batch = statistics == .batch ? 2 : 1
      let input = Tensor.normal(
        Shape(batch: batch, channels: 1, depth: sides[0], height: sides[1], width: sides[2]),
        using: &random)
      let logits = try InferenceNetwork(model.network).predict(input, workspace: &workspace)
      let ours =
        outputs == 2 ? try Activation.softmax(logits) : Activation.sigmoid(logits)
      var runner = try GraphRunner(bytes)
      let theirs = try runner.run(input)
      #expect(theirs.shape == ours.shape.dimensions)
      #expect(largestDifference(ours, theirs.numbers) < 1e-4, "\(sides)")
    }
    let graph = try GraphRunner(bytes).model
    #expect(graph.opsetImport.first?.version == 17 && graph.irVersion == 8)
    #expect(
      graph.graph.input.first?.type.tensorType.shape.dim.map(\.dimParam) == [
        "batch", "", "z", "y", "x",
      ])
    let keys = graph.metadataProps.map(\.key)
    #expect(keys.contains("morula.architecture") && keys.contains("morula.model"))
  }

  @Test func stateDictComesBack() throws {
    let folder = try TestFolder()
    let model = try Self.model(UNetConfiguration(levels: 3, base: 2, kernel: 3))
    let path = folder.path + "/model.pt"
    try ModelExport(model).write(.pytorch, to: path)
    let again = try ModelImport().model(contentsOf: path)
    #expect(again.network.configuration == model.network.configuration)
    #expect(again.network.tensors.count == model.network.tensors.count)
    for (name, tensor) in model.network.tensors {
      #expect(again.network.tensors[name]?.isIdentical(to: tensor) == true, "\(name)")
    }
    // As PyTorch arranges it: one folder, the pickle first.
    let archive = try ZIPReader(contentsOf: path)
    #expect(archive.entries.first?.name == "archive/data.pkl")
    let version = try #require(archive.entry("archive/version"))
    #expect(try archive.read(version) == Data("3\n".utf8))
    try ModelExport(model).write(.pytorch, to: folder.path + "/again.pt")
    #expect(
      try SHA256.digest(ofFile: path) == SHA256.digest(ofFile: folder.path + "/again.pt"))
  }

  @Test func ownFormatComesBack() throws {
    let folder = try TestFolder()
    let model = try Self.model(Self.small, statistics: .batch)
    try ModelExport(model).write(.safetensors, to: folder.path + "/m.safetensors")
    let again = try Model(contentsOf: folder.path + "/m.safetensors")
    #expect(again.description == model.description)
    #expect(again.network.inferenceStatistics == .batch)
  }

  @Test(arguments: Preprocessing.Scaling.allCases)
  func bioImagePackage(scaling: Preprocessing.Scaling) throws {
    let folder = try TestFolder()
    let model = try Self.model(UNetConfiguration(levels: 2, base: 1, kernel: 3), scaling: scaling)
    var export = ModelExport(model)
    export.authors = ["Jane Doe", "John \"Jack\" Roe"]
    export.license = "CC-BY-4.0"
    let path = folder.path + "/package.zip"
    try export.write(.bioimageio, to: path)
    let archive = try ZIPReader(contentsOf: path)
    #expect(
      archive.entries.map(\.name) == [
        "bioimageio.yaml", "weights.onnx", "test_input.npy", "test_output.npy", "README.md",
      ])
    var contents: [String: Data] = [:]
    for entry in archive.entries { contents[entry.name] = try archive.read(entry) }
    let yaml = String(decoding: contents["bioimageio.yaml"] ?? Data(), as: UTF8.self)
    for name in ["weights.onnx", "test_input.npy", "test_output.npy"] {
      let digest = try SHA256.digest(of: contents[name] ?? Data(), name: name)
      #expect(yaml.contains(digest), "\(name)")
    }
    for text in [
      "format_version: \"0.5.5\"", "name: \"Morula test- --1\"", "name: \"Jane Doe\"",
      "license: \"CC-BY-4.0\"", "opset_version: 17", "unit: micrometer", "scale: 0.8",
      "documentation: README.md", "10.1038/s41540-020-00152-8",
    ] {
      #expect(yaml.contains(text), "\(text) in \(yaml)")
    }
    #expect(yaml.contains("scale_range") == (scaling == .minMax || scaling == .percentile))
    #expect(
      String(decoding: contents["README.md"] ?? Data(), as: UTF8.self).contains("## Validation"))
    // The test output is what the graph makes of the prepared test input.
    guard
      case .float32(let input) = try NPYFile.read(contents["test_input.npy"] ?? Data(), file: "i"),
      case .float32(let output) = try NPYFile.read(contents["test_output.npy"] ?? Data(), file: "o")
    else {
      Issue.record("the test tensors are not float32")
      return
    }
    var volume = Volume(
      input.scalars,
      extent: Extent(
        depth: input.shape.depth, height: input.shape.height, width: input.shape.width),
      voxelSize: VoxelSize(isotropic: 0.8))
    if scaling != .robust { volume = try volume.scaled(by: model.preprocessing.intensityScaling) }
    var runner = try GraphRunner(contents["weights.onnx"] ?? Data())
    let theirs = try runner.run(Tensor(volume.voxels, shape: input.shape))
    #expect(largestDifference(output, theirs.numbers) < 1e-4)
    #expect(output.scalars.max() ?? 0 > output.scalars.min() ?? 0)
  }
}
