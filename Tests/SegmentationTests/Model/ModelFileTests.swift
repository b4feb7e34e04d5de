import Foundation
import Microscopy
import Networks
import Segmentation
import Tensors
import TestSupport
import Testing

/// Weights files of models: round trips and errors.
@Suite struct ModelFileTests {
  /// Numbers that no network can compute with are refused when they are written and read.
  @Test(arguments: [
    ("encoder.0.convolution.1.weight", Float.nan, "NaN, infinite or beyond float32"),
    ("head.bias", -Float.infinity, "NaN, infinite or beyond float32"),
    ("encoder.0.normalization.0.running_var", -1, "the variance of channel 0 is -1.0"),
  ]) func numbersAreSound(name: String, value: Float, problem: String) throws {
    let folder = try TestFolder()
    let path = folder.path + "/model.safetensors"
    let model = try TestModel.make()
    try model.write(to: path)
    var file = try SafeTensors(contentsOf: path)
    let tensor = try file.tensor(name)
    var values = Array(tensor.scalars)
    values[0] = value
    let damaged = Tensor(values, shape: tensor.shape)
    file.arrays[name] = .float32(damaged)
    try file.write(to: path)
    let read = try #require(throws: WeightsError.self) { try Model(contentsOf: path) }
    #expect(read.kind == .unusable && read.tensor == name)
    #expect(read.description.contains(problem) && read.description.contains(path))

    var broken = model
    broken.network.forEachParameter { if $0.name == name { $0.value = damaged } }
    broken.network.forEachBuffer { if $0.name == name { $0.value = damaged } }
    let other = folder.path + "/other.safetensors"
    #expect(throws: WeightsError.self) { try broken.write(to: other) }
    #expect(!FileManager.default.fileExists(atPath: other))
  }

  @Test func roundTrip() throws {
    let folder = try TestFolder()
    var percentiles = Preprocessing()
    percentiles.scaling = .percentile
    percentiles.percentiles = 1...99.5
    percentiles.grid = .size(VoxelSize(x: 0.5, y: 0.6, z: 0.7))
    percentiles.size = Extent(depth: 16, height: 24, width: 32)
    for (number, model) in [
      try TestModel.make(),
      try TestModel.make(output: .softmax, preprocessing: percentiles),
      try TestModel.make(
        UNetConfiguration(levels: 3, base: 3, kernel: 5, epsilon: 2e-5, momentum: 0.25),
        preprocessing: TestModel.untouched, gridVoxelSize: nil),
    ].enumerated() {
      let path = folder.path + "/\(number).safetensors"
      try model.write(to: path)
      let read = try Model(contentsOf: path)
      #expect(read.description == model.description)
      #expect(read.network.inferenceStatistics == .running)
      #expect(read.preprocessing == model.preprocessing)
      #expect(read.network.configuration == model.network.configuration)
      let (before, after) = (model.network.tensors, read.network.tensors)
      #expect(before.keys == after.keys)
      for (name, tensor) in before { #expect(after[name]?.isIdentical(to: tensor) == true) }

      // Other programs find the metadata as documented.
      let file = try SafeTensors(contentsOf: path)
      #expect(file.metadata["format"] == "morula" && file.metadata["format_version"] == "1")
      #expect(
        Set(file.metadata.keys) == [
          "format", "format_version", "architecture", "model", "preprocessing",
        ])
      #expect(file.metadata["model"]?.contains(#""trainedVoxelSize":{"x":0.8,"#) == true)
      // Writing again gives the same bytes.
      let again = folder.path + "/again.safetensors"
      try read.write(to: again)
      #expect(
        try Data(contentsOf: URL(filePath: again))
          == Data(contentsOf: URL(filePath: path)))
    }
  }

  /// Weights that need the statistics of each volume state it and are used accordingly.
  @Test func statisticsOfTheVolume() throws {
    let folder = try TestFolder()
    var model = try TestModel.make(preprocessing: TestModel.untouched)
    model.description.inferenceStatistics = .batch
    try model.write(to: folder.path + "/m.safetensors")
    let read = try Model(contentsOf: folder.path + "/m.safetensors")
    #expect(read.description == model.description)
    #expect(read.network.inferenceStatistics == .batch)
    var predictor = try Predictor(read)
    let image = TestModel.noise(8, 20, 20)
    #expect(try predictor.plan(for: image.extent, name: "v.tif").tiles.count == 1)
    predictor.tile = Extent(depth: 8, height: 4, width: 4)
    let error = #expect(throws: InputError.self) {
      try predictor.plan(for: image.extent, name: "v.tif")
    }
    #expect(error?.description.hasPrefix("v.tif: does not fit in one tile") == true)
  }

  /// The error of reading a file that `change` altered, with the path as FILE.
  static func message(_ change: (inout SafeTensors) throws -> Void) throws -> (
    String, WeightsError?
  ) {
    let folder = try TestFolder()
    let path = folder.path + "/m.safetensors"
    try TestModel.make().write(to: path)
    var file = try SafeTensors(contentsOf: path)
    try change(&file)
    try file.write(to: path)
    do throws(WeightsError) {
      _ = try Model(contentsOf: path)
    } catch {
      #expect(!error.description.contains("\n"), "\(error)")
      return (error.description.replacing(path, with: "FILE"), error)
    }
    Issue.record("nothing was thrown")
    return ("", nil)
  }

  @Test func foreignFilesAreRefused() throws {
    #expect(
      try Self.message { $0.metadata = [:] }.0
        == "FILE: has no Morula metadata (format: morula), so it is not a model of Morula")
    #expect(try Self.message { $0.metadata["format"] = "pt" }.1?.kind == .unsupported)
    #expect(
      try Self.message { $0.metadata["format_version"] = "2" }.0
        == "FILE: has format version 2, but this Morula reads 1; use a newer Morula")
    #expect(
      try Self.message { $0.metadata["format_version"] = nil }.0.contains("format version none"))
  }

  @Test func tensorsMustBeTheArchitectures() throws {
    let name = "encoder.1.convolution.0.weight"
    #expect(
      try Self.message { $0.arrays[name] = nil }.0
        == "FILE, tensor \"\(name)\": the file has no such tensor")
    #expect(
      try Self.message { $0.arrays["extra"] = .float32(Tensor(zeros: [2])) }.0
        == "FILE, tensor \"extra\": belongs to no layer of the architecture in the metadata")
    #expect(
      try Self.message { $0.arrays[name] = .float32(Tensor(zeros: [4, 4, 3, 3, 1])) }.0
        == "FILE, tensor \"\(name)\": expected shape [4, 4, 3, 3, 3], found [4, 4, 3, 3, 1]")
    let (text, error) = try Self.message {
      $0.arrays["head.bias"] = .int64([1 << 40 + 1], shape: [1])
    }
    #expect(error?.kind == .mismatch, "\(text)")
    // Tensors of a checkpoint are allowed.
    let folder = try TestFolder()
    let path = folder.path + "/m.safetensors"
    try TestModel.make().write(to: path)
    var file = try SafeTensors(contentsOf: path)
    file.arrays["training/optimizer/step"] = .int64([3], shape: [])
    try file.write(to: path)
    #expect(try Model(contentsOf: path).description.name == "test")
  }

  @Test func metadataMustBeSound() throws {
    for key in ["architecture", "model", "preprocessing"] {
      #expect(
        try Self.message { $0.metadata[key] = nil }.0 == "FILE: the metadata have no `\(key)`")
      for text in ["", "{}", "[1, 2]", "{\"levels\": \"two\"}", "nonsense\n"]
      where
        !(key == "preprocessing" && text == "{}")
      {
        let (message, error) = try Self.message { $0.metadata[key] = text }
        #expect(error?.kind == .malformed)
        #expect(message.hasPrefix("FILE: metadata `\(key)`: "), "\(message)")
      }
    }
    let model = { (text: String) in try Self.message { $0.metadata["model"] = text }.0 }
    #expect(try model("{}") == "FILE: metadata `model`: `name` is missing")
    #expect(try model("{\"name\": 3}") == "FILE: metadata `model`: `name` has the wrong type")
    #expect(try model("nonsense") == "FILE: metadata `model`: not valid JSON")
    #expect(
      try model("{\"name\": \"a\", \"kind\": \"cnn\"}")
        .hasPrefix("FILE: metadata `model`: `kind` has an impossible value ("))
    // An impossible network, and a network that does not fit its output.
    #expect(
      try Self.message {
        $0.metadata["architecture"] = $0.metadata["architecture"]?
          .replacing("\"kernel\":3", with: "\"kernel\":4")
      }.0.hasPrefix("FILE: metadata `architecture`: U-Net"))
    #expect(
      try Self.message {
        $0.metadata["model"] = $0.metadata["model"]?.replacing("sigmoid", with: "softmax")
      }.0
        == "FILE: the metadata contradict each other: softmax needs 1 input and 2 output channels, "
        + "but the architecture has 1 and 1")
  }

  @Test func otherFilesAreRefused() throws {
    let folder = try TestFolder()
    let text = try folder.write("not a model", to: "notes.txt")
    for path in [text, folder.path, folder.path + "/absent.safetensors"] {
      let error = #expect(throws: WeightsError.self) { try Model(contentsOf: path) }
      #expect(error?.description.hasPrefix(path + ": ") == true)
      #expect(error?.description.contains("\n") == false)
    }
    let error = #expect(throws: WeightsError.self) {
      try TestModel.make().write(to: folder.path + "/no/such/folder/m.safetensors")
    }
    #expect(error?.kind == .unwritable)
  }

  /// Every number lies where the share says; other architectures and preparations are refused.
  @Test func blending() throws {
    let (a, b) = (try TestModel.make(seed: 1), try TestModel.make(seed: 2))
    let tensors = try [0, 0.25, 1].map {
      try a.blended(with: b, share: $0, file: "b.safetensors").network.tensors
    }
    let (first, second) = (a.network.tensors, b.network.tensors)
    for (name, tensor) in first {
      let other = try #require(second[name])
      #expect(try #require(tensors[0][name]).isIdentical(to: tensor))
      #expect(try #require(tensors[2][name]).isIdentical(to: other))
      for (value, ends) in zip(
        try #require(tensors[1][name]).scalars, zip(tensor.scalars, other.scalars))
      {
        let expected = 0.75 * Double(ends.0) + 0.25 * Double(ends.1)
        #expect(abs(Double(value) - expected) <= Tolerance.ulp * abs(expected))
      }
    }
    for other in [
      try TestModel.make(UNetConfiguration(levels: 2, base: 3, kernel: 3)),
      try TestModel.make(preprocessing: TestModel.untouched), try TestModel.make(output: .softmax),
    ] {
      let error = #expect(throws: WeightsError.self) {
        try a.blended(with: other, share: 0.5, file: "b.safetensors")
      }
      #expect("\(try #require(error))".contains("b.safetensors"))
    }
  }
}
