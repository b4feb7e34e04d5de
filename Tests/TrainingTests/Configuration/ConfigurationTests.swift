import Foundation
import Microscopy
import Segmentation
import TestSupport
import Testing
import Training

@Suite struct ConfigurationTests {
  @Test func publishedNetworks() throws {
    for (kind, levels, base, kernel) in [("nsn", 3, 16, 3), ("ndn", 5, 12, 5), ("unet", 4, 32, 3)] {
      let configuration = try fakeConfiguration("network.kind=\(kind)")
      #expect(configuration.network.levels == levels)
      #expect(configuration.network.base == base)
      #expect(configuration.network.kernel == kernel)
    }
  }

  @Test func defaultsFollowTheOutput() throws {
    #expect(try fakeConfiguration().loss.kind == .dice)
    #expect(try fakeConfiguration("network.output=softmax").loss.kind == .crossEntropy)
    #expect(
      try fakeConfiguration("network.output=softmax", "loss.class_weights=[1, 3]").loss.classWeights
        == [1, 3])
    #expect(try fakeConfiguration("loss.kind=dice_squared").loss.smoothing == 1e-7)
  }

  @Test func pathsStartAtTheirOrigin() throws {
    let folder = try TestFolder()
    let text = "network: {kind: nsn}\ndata: {root: ../d, images: i, targets: /t}"
    let path = try folder.write(text, to: "configs/run.yaml")
    func load(_ overrides: String...) throws -> DataConfiguration {
      try TrainingConfiguration.load(path: path, overrides: overrides, workingDirectory: "/w").data
    }
    #expect(try load().images == folder.path + "/d/i")
    #expect(try load().targets == "/t")
    #expect(try load("data.root=here").images == "/w/here/i")
    #expect(try load("data.root=null").images == folder.path + "/configs/i")
    #expect(try load("data.root=null", "data.images=mine").images == "/w/mine")
    #expect(
      try load("data.validation=list.txt").validation == .listFile("/w/list.txt"))
    #expect(
      try TrainingConfiguration.load(path: "configs/run.yaml", workingDirectory: folder.path).name
        == "run")
  }

  @Test func overridesApplyInOrder() throws {
    #expect(try fakeConfiguration("training.epochs=3", "training.epochs=4").training.epochs == 4)
    #expect(try fakeConfiguration("training={epochs: 7}").training.epochs == 7)
    #expect(
      try fakeConfiguration("training.epochs=3", "training.epochs=null").training.epochs == 15)
    #expect(
      try fakeConfiguration("preprocessing.size=[8, 16, 24]").preprocessing.size
        == Extent(depth: 8, height: 16, width: 24))
    #expect(
      try fakeConfiguration("preprocessing.voxel=0.5").preprocessing.grid
        == .size(VoxelSize(x: 0.5, y: 0.5, z: 0.5)))
    #expect(
      try fakeConfiguration("data.voxel_size=[1, 2, 3]").data.voxelSize
        == VoxelSize(x: 1, y: 2, z: 3))
    #expect(try fakeConfiguration("name='null'").name == "null")
  }

  @Test func bytes() throws {
    for (text, bytes) in [
      ("0", 0), ("100", 100), ("1K", 1024), ("1.5G", 3 << 29), ("512M", 512 << 20),
      ("2GiB", 2 << 30), ("2 gb", 2 << 30),
    ] {
      #expect(try fakeConfiguration("data.cache=\(text)").data.cache.bytes == bytes)
    }
  }

  @Test func jsonKeepsTheValue() throws {
    let configuration = try fakeConfiguration(
      "training.seed=18446744073709551615", "training.early_stopping=null", "name='12'",
      "augmentation={flips: study, elastic: {}}", "optimizer.learning_rate=1e-4")
    let data = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: data) == configuration)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let optimizer = try #require(object["optimizer"] as? [String: Any])
    #expect(optimizer["learning_rate"] as? Double == 1e-4)
    #expect(optimizer["momentum"] == nil)
  }

  @Test func differencesNameTheKeys() throws {
    let a = try fakeConfiguration()
    let b = try fakeConfiguration("training.epochs=3", "optimizer.kind=sgd", "training.ema=0.9")
    #expect(a.differences(from: a) == [])
    #expect(
      a.differences(from: b) == [
        "optimizer.kind", "optimizer.betas", "optimizer.eps", "optimizer.momentum",
        "optimizer.nesterov", "training.epochs", "training.ema",
      ])
  }

  static let files = [
    "unet-softmax-bce", "unet-sigmoid-bce", "unet-sigmoid-dice", "nsn", "ndn", "nsn-base8",
    "nsn-base4", "ndn-base8", "ndn-base4",
  ]
  /// Those of Morula's own models, and the U-Net they are compared with.
  static let models = ["nsn", "nsn-robust", "ndn", "unet"]

  @Test(arguments: files.map { "configs/\($0)" } + models.map { "Models/\($0)" })
  func readyMadeFile(_ name: String) throws {
    let file = packageFolder.appending(path: "\(name).yaml")
    let configuration = try TrainingConfiguration.load(path: file.path)
    #expect(configuration.name == file.deletingPathExtension().lastPathComponent)
    #expect(
      configuration.data.images == packageFolder.appending(path: "data/bbbc050/images").path)
    #expect(configuration.data.folds?.fold == "11")
    let again = try TrainingConfiguration(
      yaml: configuration.yaml, name: "again.yaml", fileDirectory: "/")
    #expect(again == configuration)
  }

  /// Control characters in quotes, which YAML does not allow as they are, come back too.
  @Test func quotedTextIsReadBack() throws {
    let pattern = #""a\"b\\c\n\r\t\x01\x1f µ""#
    let configuration = try TrainingConfiguration(
      yaml: "network: {kind: nsn}\ndata: {images: /i, targets: /t, pattern: \(pattern)}",
      name: "x.yaml", fileDirectory: "/")
    #expect(configuration.data.pattern == "a\"b\\c\n\r\t\u{1}\u{1F} µ")
    let again = try TrainingConfiguration(
      yaml: configuration.yaml, name: "again.yaml", fileDirectory: "/")
    #expect(again == configuration)
  }

  @Test func allReadyMadeFilesAreTested() throws {
    let found = try FileManager.default.contentsOfDirectory(
      atPath: packageFolder.appending(path: "configs").path)
    #expect(Set(found) == Set((Self.files + ["demo"]).map { $0 + ".yaml" }))
    let models = try FileManager.default.contentsOfDirectory(
      atPath: packageFolder.appending(path: "Models").path
    ).filter { $0.hasSuffix(".yaml") }
    #expect(Set(models) == Set(Self.models.map { $0 + ".yaml" }))
  }

  /// The demo's volumes are those that `morula synthesize` makes in the build folder.
  @Test func demo() throws {
    let demo = try TrainingConfiguration.load(
      path: packageFolder.appending(path: "configs/demo.yaml").path)
    #expect(demo.data.images == packageFolder.appending(path: ".build/demo/training/images").path)
    #expect(demo.data.folds != nil && demo.data.voxelSize == nil)
  }

  /// The rows of the reproduction's table.
  @Test func publishedRows() throws {
    func load(_ name: String) throws -> TrainingConfiguration {
      try .load(path: packageFolder.appending(path: "configs/\(name).yaml").path)
    }
    let rows: [(String, Model.Kind, LossConfiguration.Kind, Int)] = [
      ("unet-softmax-bce", .unet, .crossEntropy, 15), ("unet-sigmoid-bce", .unet, .bce, 15),
      ("unet-sigmoid-dice", .unet, .dice, 15), ("nsn", .nsn, .dice, 15), ("ndn", .ndn, .dice, 50),
    ]
    for (name, kind, loss, epochs) in rows {
      let row = try load(name)
      #expect(
        row.network
          == {
            var n = NetworkConfiguration(kind: kind)
            n.output = name.contains("softmax") ? .softmax : .sigmoid
            n.initialization = .heUniform
            return n
          }())
      #expect(row.loss.kind == loss)
      #expect(row.training.epochs == epochs)
      #expect(row.training.batchSize == 1)
      #expect(row.optimizer.learningRate == 1e-4)
      #expect(row.optimizer.kind == (name == "nsn" ? .sgd : .adam))
      #expect(row.optimizer.momentum == (name == "nsn" ? 0.9 : 0))
      #expect(row.augmentation.flips == .study)
      #expect(row.preprocessing.size == Extent(depth: 128, height: 128, width: 128))
      #expect(row.sampling.mode == .whole)
      #expect(row.schedule.kind == .constant)
    }
  }
}
