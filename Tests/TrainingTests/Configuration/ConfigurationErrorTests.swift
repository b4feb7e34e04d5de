import Foundation
import TestSupport
import Testing
import Training

/// One clear line for whatever is wrong.
@Suite struct ConfigurationErrorTests {
  static let text = """
    network:
      kind: nsn
    data:
      images: images
      targets: targets
      validation: "Emb11_*"
    """

  static func message(_ yaml: String, _ overrides: [String] = []) -> String {
    do {
      _ = try TrainingConfiguration(
        yaml: yaml, name: "nsn.yaml", overrides: overrides, fileDirectory: "/")
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  static let lines: [(yaml: String, message: String)] = [
    (
      "optimizer:\n  kind: adam\n  learning_rte: 3",
      "nsn.yaml:9: optimizer.learning_rte: unknown key; did you mean 'learning_rate'?"
    ),
    ("optimiser: {}", "nsn.yaml:7: optimiser: unknown key; did you mean 'optimizer'?"),
    (
      "loss:\n  xyzzy: 1",
      "nsn.yaml:8: loss.xyzzy: unknown key; the keys here are kind, smoothing, grouping, "
        + "class_weights, positive_weight, dice_weight"
    ),
    (
      "training:\n  epochs: 1.5",
      "nsn.yaml:8: training.epochs: expected a whole number, found '1.5'"
    ),
    (
      "training:\n  epochs: [1, 2]",
      "nsn.yaml:8: training.epochs: expected a whole number, found a list of 2"
    ),
    (
      "training:\n  epochs: 0",
      "nsn.yaml:8: training.epochs: must be from 1 to 1000000, found '0'"
    ),
    (
      "training: 3",
      "nsn.yaml:7: training: expected a section with keys (epochs, batch_size, "
        + "accumulate, clip_norm, ema, fixed_statistics, early_stopping, seed, prefetch, threshold, "
        + "recompute), found '3'"
    ),
    (
      "loss: {kind: dyce}",
      "nsn.yaml:7: loss.kind: expected one of dice, dice_squared, bce, cross_entropy, bce_dice, "
        + "cross_entropy_dice, found 'dyce'; did you mean 'dice'?"
    ),
    (
      "optimizer: {nesterov: yes, kind: sgd}",
      "nsn.yaml:7: optimizer.nesterov: expected true or false, found 'yes'"
    ),
    (
      "optimizer: {nesterov: true, kind: sgd}",
      "nsn.yaml:7: optimizer.nesterov: needs momentum above 0; set optimizer.momentum, for example 0.9"
    ),
    (
      "optimizer: {momentum: 0.9}",
      "nsn.yaml:7: optimizer.momentum: does not apply: kind is 'adam'; its momentum is the first "
        + "of betas"
    ),
    (
      "optimizer: {kind: sgd, betas: [0.9, 0.9]}",
      "nsn.yaml:7: optimizer.betas: does not apply: kind is 'sgd'; it has momentum and nesterov"
    ),
    (
      "optimizer: {betas: [0.9]}",
      "nsn.yaml:7: optimizer.betas: expected a list of 2 values, [a, b, …], found a list of 1"
    ),
    (
      "optimizer: {betas: [0.9, 1]}",
      "nsn.yaml:7: optimizer.betas: must be at least 0.0 and below 1.0, found '1'"
    ),
    (
      "optimizer: {kind: adamw, decay: coupled}",
      "nsn.yaml:7: optimizer.decay: does not apply: kind 'adamw' always decouples; use kind adam "
        + "to couple"
    ),
    (
      "optimizer: {decay: coupled}",
      "nsn.yaml:7: optimizer.decay: does not apply: weight_decay is 0"
    ),
    (
      "loss: {kind: bce, class_weights: [1, 2]}",
      "nsn.yaml:7: loss.class_weights: does not apply: kind 'bce' has no class weights; use "
        + "positive_weight with bce, or kind cross_entropy"
    ),
    (
      "loss: {kind: bce, smoothing: 1}",
      "nsn.yaml:7: loss.smoothing: does not apply: kind 'bce' has no Dice term"
    ),
    (
      "loss: {positive_weight: 2}",
      "nsn.yaml:7: loss.positive_weight: does not apply: kind 'dice' has no binary cross-entropy"
    ),
    (
      "loss: {kind: bce, dice_weight: 0.1}",
      "nsn.yaml:7: loss.dice_weight: does not apply: kind 'bce' is not a sum of two losses"
    ),
    (
      "loss:\n  kind: cross_entropy",
      "nsn.yaml:8: loss.kind: 'cross_entropy' needs network.output softmax; with sigmoid use bce, "
        + "bce_dice, dice or dice_squared"
    ),
    (
      "preprocessing: {percentiles: [1, 99]}",
      "nsn.yaml:7: preprocessing.percentiles: does not apply: scaling is 'min_max', not "
        + "'percentile'"
    ),
    (
      "preprocessing: {scaling: percentile, percentiles: [99, 1]}",
      "nsn.yaml:7: preprocessing.percentiles: must be [lower, upper]; 99.0 lies above 1.0"
    ),
    (
      "preprocessing: {scaling: percentile, percentiles: [9, 9]}",
      "nsn.yaml:7: preprocessing.percentiles: must be two different percentiles"
    ),
    (
      "preprocessing: {voxel: cubic}",
      "nsn.yaml:7: preprocessing.voxel: expected isotropic, native, an edge in µm or [x, y, z] in "
        + "µm (above 0), found 'cubic'"
    ),
    (
      "preprocessing: {size: [64, 0, 64]}",
      "nsn.yaml:7: preprocessing.size: must be from 1 to 4096, found '0'"
    ),
    (
      "preprocessing: {size: 64}\nsampling:\n  mode: patches\n  patch: 96",
      "nsn.yaml:10: sampling.patch: 96 × 96 × 96 is larger than preprocessing.size 64 × 64 × 64 "
        + "(z, y, x)"
    ),
    (
      "sampling: {patch: 96}",
      "nsn.yaml:7: sampling.patch: does not apply: mode is 'whole', not 'patches'"
    ),
    (
      "training: {batch_size: 2}",
      "nsn.yaml:7: training.batch_size: 2 whole volumes need one size to share a batch; set "
        + "preprocessing.size, sampling.mode patches, or use training.accumulate instead"
    ),
    (
      "augmentation: {flips: studdy}",
      "nsn.yaml:7: augmentation.flips: expected 'study' or a section (probability, axes), found "
        + "'studdy'; did you mean 'study'?"
    ),
    (
      "augmentation: {flips: {axes: [x, x]}}",
      "nsn.yaml:7: augmentation.flips.axes: must name one to three different axes of x, y, z"
    ),
    (
      "augmentation: {rotate90: {probability: 2}}",
      "nsn.yaml:7: augmentation.rotate90.probability: must be from 0.0 to 1.0, found '2'"
    ),
    (
      "augmentation: {gamma: {range: [0, 1]}}",
      "nsn.yaml:7: augmentation.gamma.range: must be from 0.1 to 10.0, found '0'"
    ),
    (
      "augmentation: {elastic: {spacing: 10, magnitude: 5}}",
      "nsn.yaml:7: augmentation.elastic.magnitude: must be at most a fifth of spacing (10.0), or "
        + "the volume would fold over itself; found 5.0"
    ),
    (
      "schedule: {kind: cosine, every: 3}",
      "nsn.yaml:7: schedule.every: does not apply: kind is 'cosine', which has warmup, floor"
    ),
    (
      "schedule: {warmup: 15}",
      "nsn.yaml:7: schedule.warmup: 15.0 epochs must be fewer than training.epochs (15)"
    ),
    (
      "network: {kind: ndn}",
      // The line where the keys that contradict begin.
      "nsn.yaml:1: not valid YAML: 'network' is given twice"
    ),
    ("loss: [", "nsn.yaml:8: not valid YAML: did not find expected node content"),
    ("? [a, b]\n: 3", "nsn.yaml:7: a key must be one word"),
  ]

  @Test(arguments: lines.indices) func line(_ index: Int) {
    let (yaml, expected) = Self.lines[index]
    let message = Self.message(Self.text + "\n" + yaml)
    #expect(message == expected)
    #expect(!message.contains("\n"))
  }

  static let overrides: [(overrides: [String], message: String)] = [
    (
      ["optimizer.learning_rte=1"],
      "override optimizer.learning_rte=1: optimizer.learning_rte: unknown key; did you mean "
        + "'learning_rate'?"
    ),
    (
      ["epochs"],
      "override epochs: expected key=value, for example training.epochs=20"
    ),
    (["a..b=1"], "override a..b=1: 'a..b' is not a path of keys such as training.epochs"),
    (
      ["augmentation.flips=study", "augmentation.flips.probability=1"],
      "override augmentation.flips.probability=1: augmentation.flips: is 'study' "
        + "(override augmentation.flips=study), which has no keys; set it as a whole, "
        + "augmentation.flips={…}"
    ),
    (
      ["loss={kind: [}"],
      "override loss={kind: [}: not valid YAML: did not find expected node content"
    ),
    (
      ["data.folds.pattern='Emb(\\d+)'"],
      "nsn.yaml:6: data.validation: contradicts data.folds, which chooses the validation volumes; "
        + "keep one"
    ),
    (
      ["data.validation=null", "data.folds.pattern='E(.)'", "data.training=x*"],
      "override data.training=x*: data.training: contradicts data.folds, which trains on all other "
        + "folds; keep one"
    ),
    (
      ["data.validation=null", "data.folds.pattern='Emb'"],
      "override data.folds.pattern='Emb': data.folds.pattern: 'Emb' must have one group in "
        + "parentheses, which names the fold, such as \"Emb(\\d+)\"; it has 0"
    ),
    (
      ["data.validation=null", "data.folds.fold=3"],
      "override data.folds.fold=3: data.folds.pattern: is missing; give a regular expression with one "
        + "group, such as \"Emb(\\\\d+)\""
    ),
    (
      ["data.validation=null", "training.early_stopping={}"],
      "override training.early_stopping={}: training.early_stopping: needs validation volumes; set "
        + "data.validation or data.folds"
    ),
    (
      ["data.validation=null", "schedule.kind=plateau"],
      "override schedule.kind=plateau: schedule.kind: 'plateau' needs validation volumes; set "
        + "data.validation or data.folds"
    ),
    (
      ["data.validation=null", "validation.every=2"],
      "override validation.every=2: validation: does not apply: no volumes validate; set "
        + "data.validation or data.folds"
    ),
    (
      ["data.validation={a: 1}"],
      "override data.validation={a: 1}: data.validation: expected a pattern (\"Emb11_*\"), a list of "
        + "names or a text file of names (names.txt), found a section"
    ),
    (
      ["network.output=softmax", "loss.kind=bce"],
      "override loss.kind=bce: loss.kind: 'bce' needs network.output sigmoid; with softmax use "
        + "cross_entropy, cross_entropy_dice, dice or dice_squared"
    ),
    (
      ["network.output=softmax", "training.threshold=0.4"],
      "override training.threshold=0.4: training.threshold: does not apply: softmax takes the likelier "
        + "class, which is a threshold of 0.5"
    ),
    (
      ["data.cache=lots"],
      "override data.cache=lots: data.cache: expected an amount of memory such as 512M or 1G, found "
        + "'lots'"
    ),
    (
      ["network.kind=null"],
      "override network.kind=null: network.kind: is missing; give the network: nsn, ndn, unet"
    ),
    (
      ["network.kernel=4"],
      "override network.kernel=4: network.kernel: must be odd and at least 1, found '4'"
    ),
    (["name=a/b"], "override name=a/b: name: must be not empty and without '/', found 'a/b'"),
  ]

  @Test(arguments: overrides.indices) func override(_ index: Int) {
    let (overrides, expected) = Self.overrides[index]
    #expect(Self.message(Self.text, overrides) == expected)
  }

  @Test func missingKeys() {
    #expect(
      Self.message("")
        == "nsn.yaml:1: network.kind: is missing; give the network: nsn, ndn, unet")
    #expect(
      Self.message("network: {kind: nsn}\n")
        == "nsn.yaml:1: data.images: is missing; give the folder of images")
    #expect(
      Self.message("network: {kind: nsn}\ndata:\n  images: i\n")
        == "nsn.yaml:2: data.targets: is missing; give the folder of targets, whose files have the "
        + "images' names")
    #expect(
      Self.message("- a\n")
        == "nsn.yaml:1: expected sections such as 'network:' and 'data:', found a list of 1")
  }

  @Test func missingFile() throws {
    let folder = try TestFolder()
    #expect(
      throws: ConfigurationError(
        .file("none.yaml"), problem: "there is no such configuration file")
    ) {
      try TrainingConfiguration.load(path: "none.yaml", workingDirectory: folder.path)
    }
    #expect(
      throws: ConfigurationError(
        .file(folder.path), problem: "is a folder; name a configuration, a YAML file")
    ) {
      try TrainingConfiguration.load(path: folder.path)
    }
  }
}
