import Networks

/// Tensors that lie in a file beside those of the network.
extension ForeignWeights {
  /// Sets tensors aside that training or a wrapper keeps beside the network: those of losses and
  /// metrics, counters, and a second copy of averaged weights. A note names them.
  ///
  /// - Parameter modules: The paths of modules of which that is known by their classes.
  mutating func setAside(modules: [String] = []) {
    let named = beside { Self.isAside(modulePath: $0) }
    let copies = beside { path in
      path.split(separator: ".").contains { component in
        Self.words(of: component).contains { Self.averages.contains($0) }
      }
    }
    var aside: [String] = []
    entries.removeAll { entry in
      let isAside =
        Self.isCounter(entry) || named.contains(entry.name) || copies.contains(entry.name)
        || modules.contains { entry.name.hasPrefix($0 + ".") }
      if isAside { aside.append(entry.original) }
      return isAside
    }
    if !aside.isEmpty {
      notes.append("set aside, not of the network: \(Self.summary(aside))")
    }
  }

  /// Keeps the tensors alone whose names begin with `prefix` and a period.
  ///
  /// - Throws: `WeightsError` where there are none.
  mutating func keep(_ prefix: String) throws(WeightsError) {
    let kept = entries.filter { $0.name.hasPrefix(prefix + ".") }
    guard !kept.isEmpty else {
      throw WeightsError(
        .missing, file: source,
        "has no tensors whose names begin with \(ModuleGroup.quoted(prefix + ".")); found "
          + Self.summary(entries.map(\.original)))
    }
    let others = entries.count - kept.count
    entries = kept
    notes.append("tensors \(ModuleGroup.quoted(prefix + ".")); \(others) others not read")
  }

  /// Drops what all names begin with: `module.` of `torch.nn.DataParallel`, `_orig_mod.` of
  /// `torch.compile`, `model.` of training frameworks.
  mutating func dropWrappers() {
    let wrappers = ["module.", "_orig_mod.", "model.", "net.", "network."]
    while let wrapper = wrappers.first(where: { wrapper in
      !entries.isEmpty && entries.allSatisfy { $0.name.hasPrefix(wrapper) }
    }) {
      entries = entries.map { entry in
        Entry(
          name: String(entry.name.dropFirst(wrapper.count)), original: entry.original,
          shape: entry.shape, load: entry.load)
      }
      statements?.dropPrefix(wrapper)
    }
  }

  /// Whether a module is not part of a prediction by its name: a loss, a metric, an optimizer.
  static func isAside(modulePath path: String) -> Bool {
    let words: Set<String> = [
      "loss", "losses", "criterion", "criterions", "criteria", "objective", "metric", "metrics",
      "torchmetrics", "iou", "ious", "miou", "jaccard", "dice", "accuracy", "acc", "precision",
      "recall", "fscore", "fbeta", "auroc", "auc", "confmat", "confusion", "psnr", "ssim", "mse",
      "mae", "bce", "optimizer", "optimizers", "scheduler", "schedulers",
    ]
    return path.split(separator: ".").contains { component in
      Self.words(of: component).contains { words.contains($0) }
    }
  }

  /// Whether a small tensor counts or weighs something in training, by its last word.
  private static func isCounter(_ entry: Entry) -> Bool {
    let names: Set<String> = [
      "pos_weight", "class_weight", "class_weights", "loss_weight", "loss_weights", "log_vars",
      "n_averaged", "num_updates", "update_count", "decay", "ema_decay", "initted", "step",
      "global_step", "steps", "epoch", "total_ops", "total_params", "tp", "fp", "tn", "fn",
      "confmat",
      "correct", "total", "sum_value", "mean_value", "min_value", "max_value",
    ]
    let last = entry.name.split(separator: ".").last.map(String.init) ?? ""
    return entry.shape.count <= 2 && names.contains(last)
  }

  /// What a second copy of the network is called that averages its weights, as EMA wrappers and mean
  /// teachers keep it.
  private static let averages: Set<String> = ["ema", "swa", "averaged", "shadow", "teacher"]

  /// The names of the tensors whose modules are of a kind; empty if all convolutions are, which
  /// then are the network.
  private func beside(_ isOfKind: (_ modulePath: String) -> Bool) -> Set<String> {
    let found = Set(entries.map(\.name).filter { isOfKind(Self.module(of: $0)) })
    let hasOthers = entries.contains { $0.shape.count == 5 && !found.contains($0.name) }
    return hasOthers ? found : []
  }

  /// The path of the module that a tensor belongs to.
  private static func module(of name: String) -> String {
    name.lastIndex(of: ".").map { String(name[..<$0]) } ?? ""
  }

  /// The words of a name in lower case without digits: `valDice_2` has `val` and `dice`.
  static func words(of name: some StringProtocol) -> [String] {
    var words: [String] = []
    var word = ""
    var wasLower = false
    for character in name.prefix(200) {
      let startsWord = !character.isLetter || (character.isUppercase && wasLower)
      if startsWord, !word.isEmpty {
        words.append(word)
        word = ""
      }
      if character.isLetter { word += character.lowercased() }
      wasLower = character.isLowercase
    }
    return word.isEmpty ? words : words + [word]
  }
}
