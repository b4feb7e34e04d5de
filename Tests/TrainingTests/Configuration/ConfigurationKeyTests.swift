import Segmentation
import TestSupport
import Testing
import Training

/// Every key is read, checked and written.
@Suite struct ConfigurationKeyTests {
  static let minimal = """
    network: {kind: nsn}
    data: {images: images, targets: targets, validation: "Emb11_*"}
    """

  static let supplement = ["data.supplement={images: i, targets: t}"]

  /// A key, overrides under which it applies, and a value other than its default.
  static let changes: [(key: String, value: String, beside: [String])] = [
    ("name", "other", []),
    ("network.kind", "ndn", []),
    ("network.levels", "2", []),
    ("network.base", "8", []),
    ("network.kernel", "5", []),
    ("network.output", "softmax", []),
    ("network.batch_normalization.eps", "2e-5", []),
    ("network.batch_normalization.momentum", "0.2", []),
    ("network.initialization", "orthogonal", []),
    ("network.weights", "nsn.safetensors", []),
    ("data.root", "elsewhere", []),
    ("data.images", "other", []),
    ("data.targets", "other", []),
    ("data.pattern", "*.tiff", []),
    ("data.training", "[a, b]", []),
    ("data.validation", "[a, b]", []),
    ("data.folds.pattern", "'t(.)'", ["data.validation=null", "data.folds.pattern='E(.)'"]),
    ("data.folds.fold", "11", ["data.validation=null", "data.folds.pattern='E(.)'"]),
    ("data.voxel_size", "[1, 2, 3]", []),
    ("data.foreground_threshold", "127", []),
    ("data.ignore_value", "128", []),
    ("data.channel", "1", []),
    ("data.cache", "1.5G", []),
    ("data.supplement.images", "more", supplement),
    ("data.supplement.targets", "more", supplement),
    ("data.supplement.pattern", "*.tiff", supplement),
    ("data.supplement.voxel_size", "[1, 2, 3]", supplement),
    ("preprocessing.scaling", "none", []),
    ("preprocessing.percentiles", "[1, 99]", ["preprocessing.scaling=percentile"]),
    ("preprocessing.bright_volume", "300", ["preprocessing.scaling=robust"]),
    ("preprocessing.voxel", "0.5", []),
    ("preprocessing.size", "[64, 128, 96]", []),
    ("sampling.mode", "patches", []),
    ("sampling.patch", "32", ["sampling.mode=patches"]),
    ("sampling.patches_per_volume", "9", ["sampling.mode=patches"]),
    ("sampling.foreground_fraction", "0.1", ["sampling.mode=patches"]),
    ("sampling.foreground_exponent", "0.5", ["sampling.mode=patches"]),
    ("augmentation.flips", "study", []),
    ("augmentation.flips.probability", "0.1", ["augmentation.flips={}"]),
    ("augmentation.flips.axes", "[z]", ["augmentation.flips={}"]),
    ("augmentation.rotate90", "{}", []),
    ("augmentation.rotate90.probability", "0.1", ["augmentation.rotate90={}"]),
    ("augmentation.rotate.probability", "0.1", ["augmentation.rotate={}"]),
    ("augmentation.rotate.degrees", "9", ["augmentation.rotate={}"]),
    ("augmentation.rotate.tilt", "9", ["augmentation.rotate={}"]),
    ("augmentation.scale.probability", "0.1", ["augmentation.scale={}"]),
    ("augmentation.scale.range", "[1, 2]", ["augmentation.scale={}"]),
    ("augmentation.elastic.probability", "0.1", ["augmentation.elastic={}"]),
    ("augmentation.elastic.spacing", "30", ["augmentation.elastic={}"]),
    ("augmentation.elastic.magnitude", "3", ["augmentation.elastic={}"]),
    ("augmentation.gamma.probability", "0.1", ["augmentation.gamma={}"]),
    ("augmentation.gamma.range", "[1, 2]", ["augmentation.gamma={}"]),
    ("augmentation.brightness.probability", "0.1", ["augmentation.brightness={}"]),
    ("augmentation.brightness.range", "[0, 0.2]", ["augmentation.brightness={}"]),
    ("augmentation.contrast.probability", "0.1", ["augmentation.contrast={}"]),
    ("augmentation.contrast.range", "[1, 2]", ["augmentation.contrast={}"]),
    ("augmentation.gaussian_noise.probability", "0.1", ["augmentation.gaussian_noise={}"]),
    ("augmentation.gaussian_noise.range", "[0, 0.2]", ["augmentation.gaussian_noise={}"]),
    ("augmentation.poisson_noise.probability", "0.1", ["augmentation.poisson_noise={}"]),
    ("augmentation.poisson_noise.range", "[10, 20]", ["augmentation.poisson_noise={}"]),
    ("augmentation.blur.probability", "0.1", ["augmentation.blur={}"]),
    ("augmentation.blur.range", "[1, 2]", ["augmentation.blur={}"]),
    ("augmentation.low_z_resolution.probability", "0.1", ["augmentation.low_z_resolution={}"]),
    ("augmentation.low_z_resolution.range", "[2, 4]", ["augmentation.low_z_resolution={}"]),
    ("augmentation.sharpen.probability", "0.1", ["augmentation.sharpen={}"]),
    ("augmentation.sharpen.range", "[1, 2]", ["augmentation.sharpen={}"]),
    ("augmentation.haze.probability", "0.1", ["augmentation.haze={}"]),
    ("augmentation.haze.range", "[0, 0.2]", ["augmentation.haze={}"]),
    ("augmentation.saturation.probability", "0.3", ["augmentation.saturation={}"]),
    ("augmentation.saturation.range", "[0.5, 1]", ["augmentation.saturation={}"]),
    ("loss.kind", "dice_squared", []),
    ("loss.smoothing", "0.5", []),
    ("loss.grouping", "sample", []),
    ("loss.class_weights", "[1, 9]", ["network.output=softmax"]),
    ("loss.positive_weight", "3", ["loss.kind=bce"]),
    ("loss.dice_weight", "0.25", ["loss.kind=bce_dice"]),
    ("optimizer.kind", "sgd", []),
    ("optimizer.learning_rate", "0.1", []),
    ("optimizer.momentum", "0.9", ["optimizer.kind=sgd"]),
    ("optimizer.nesterov", "true", ["optimizer.kind=sgd", "optimizer.momentum=0.9"]),
    ("optimizer.betas", "[0.8, 0.9]", []),
    ("optimizer.eps", "1e-6", []),
    ("optimizer.weight_decay", "1e-4", []),
    ("optimizer.decay", "decoupled", ["optimizer.weight_decay=0.1"]),
    ("schedule.kind", "cosine", []),
    ("schedule.warmup", "2.5", []),
    ("schedule.every", "3", ["schedule.kind=step"]),
    ("schedule.factor", "0.5", ["schedule.kind=step"]),
    ("schedule.floor", "0.01", ["schedule.kind=cosine"]),
    ("schedule.power", "2", ["schedule.kind=polynomial"]),
    ("schedule.rise", "0.4", ["schedule.kind=one_cycle"]),
    ("schedule.start_divisor", "10", ["schedule.kind=one_cycle"]),
    ("schedule.final_divisor", "10", ["schedule.kind=one_cycle"]),
    ("schedule.patience", "2", ["schedule.kind=plateau"]),
    ("schedule.min_delta", "0.01", ["schedule.kind=plateau"]),
    ("training.epochs", "3", []),
    ("training.batch_size", "2", ["preprocessing.size=64"]),
    ("training.accumulate", "2", []),
    ("training.clip_norm", "1", []),
    ("training.ema", "0.99", []),
    ("training.fixed_statistics", "1", []),
    ("training.early_stopping.patience", "3", ["training.early_stopping={}"]),
    ("training.early_stopping.min_delta", "0.01", ["training.early_stopping={}"]),
    ("training.seed", "18446744073709551615", []),
    ("training.prefetch", "0", []),
    ("training.threshold", "0.4", []),
    ("training.recompute", "true", []),
    ("validation.every", "2", []),
    ("validation.detection_radius", "5", []),
  ]

  static func load(_ overrides: [String]) throws -> TrainingConfiguration {
    try TrainingConfiguration(
      yaml: minimal, name: "test.yaml", overrides: overrides, fileDirectory: "/data",
      workingDirectory: "/home")
  }

  @Test(arguments: changes.indices) func changesTheConfiguration(_ index: Int) throws {
    let (key, value, beside) = Self.changes[index]
    let before = try Self.load(beside)
    let after = try Self.load(beside + ["\(key)=\(value)"])
    #expect(before != after, "\(key) changes nothing")
    // Reading what was written gives the same value.
    let again = try TrainingConfiguration(
      yaml: after.yaml, name: "again.yaml", fileDirectory: "/", workingDirectory: "/")
    #expect(again == after)
    #expect(!after.differences(from: before).isEmpty)
  }

  /// The paths of all keys, as the sections' key types list them.
  static var allKeys: [String] {
    func keys<Section: ConfigurationSection>(_ path: String, _ section: Section.Type) -> [String] {
      Section.Key.allCases.map { path.isEmpty ? $0.rawValue : path + "." + $0.rawValue }
    }
    typealias A = AugmentationConfiguration
    return keys("", TrainingConfiguration.self)
      + keys("network", NetworkConfiguration.self)
      + keys("network.batch_normalization", NetworkConfiguration.BatchNormalization.self)
      + keys("data", DataConfiguration.self)
      + keys("data.folds", DataConfiguration.Folds.self)
      + keys("data.supplement", DataConfiguration.Supplement.self)
      + keys("preprocessing", Preprocessing.self)
      + keys("sampling", SamplingConfiguration.self)
      + keys("augmentation", A.self)
      + keys("augmentation.flips", A.RandomFlips.self)
      + keys("augmentation.rotate90", A.Rotate90.self)
      + keys("augmentation.rotate", A.Rotate.self)
      + keys("augmentation.scale", A.Scale.self)
      + keys("augmentation.elastic", A.Elastic.self)
      + keys("augmentation.gamma", A.Gamma.self)
      + keys("augmentation.brightness", A.Brightness.self)
      + keys("augmentation.contrast", A.Contrast.self)
      + keys("augmentation.gaussian_noise", A.GaussianNoise.self)
      + keys("augmentation.poisson_noise", A.PoissonNoise.self)
      + keys("augmentation.blur", A.Blur.self)
      + keys("augmentation.low_z_resolution", A.LowZResolution.self)
      + keys("augmentation.sharpen", A.Sharpen.self)
      + keys("augmentation.haze", A.Haze.self)
      + keys("augmentation.saturation", A.Saturation.self)
      + keys("loss", LossConfiguration.self)
      + keys("optimizer", OptimizerConfiguration.self)
      + keys("schedule", ScheduleConfiguration.self)
      + keys("training", LoopConfiguration.self)
      + keys("training.early_stopping", LoopConfiguration.EarlyStopping.self)
      + keys("validation", ValidationConfiguration.self)
  }

  @Test func noKeyIsLeftOut() {
    let tested = Self.changes.map(\.key)
    for key in Self.allKeys {
      // A section counts by the keys in it.
      #expect(
        tested.contains(key) || tested.contains { $0.hasPrefix(key + ".") },
        "\(key) is in no test")
    }
    #expect(Set(tested).count == tested.count)
  }

  @Test func everyKeyIsDocumented() throws {
    let text = try String(
      contentsOf: packageFolder.appending(path: "docs/configuration.md"), encoding: .utf8)
    // The first column of the tables.
    let documented = text.split(separator: "\n").compactMap { line -> String? in
      guard line.hasPrefix("| `"), let end = line.dropFirst(3).firstIndex(of: "`") else {
        return nil
      }
      return String(line.dropFirst(3)[..<end])
    }
    for key in Self.allKeys where !Self.allKeys.contains(where: { $0.hasPrefix(key + ".") }) {
      #expect(documented.contains(key), "\(key) is not documented")
    }
    for key in documented { #expect(Self.allKeys.contains(key), "\(key) does not exist") }
  }
}
