extension TrainingConfiguration {
  /// Checks what no section can see alone; errors point at the key that was written.
  func checkConsistency(of node: ConfigurationNode) throws(ConfigurationError) {
    func refuse(_ keyPath: String, _ problem: String) -> ConfigurationError {
      var path = keyPath.split(separator: ".").map(String.init)
      while !path.isEmpty, node.origin(at: path) == nil { path.removeLast() }
      return ConfigurationError(
        node.origin(at: path) ?? node.origin, keyPath: keyPath, problem: problem)
    }
    let lossName = loss.kind.rawValue
    if network.output == .softmax, loss.kind.hasBinaryCrossEntropy {
      throw refuse(
        "loss.kind",
        "'\(lossName)' needs network.output sigmoid; with softmax use cross_entropy, "
          + "cross_entropy_dice, dice or dice_squared")
    }
    if network.output == .sigmoid, loss.kind.hasCrossEntropy {
      throw refuse(
        "loss.kind",
        "'\(lossName)' needs network.output softmax; with sigmoid use bce, bce_dice, dice or "
          + "dice_squared")
    }
    if network.output == .softmax, training.threshold != 0.5 {
      throw refuse(
        "training.threshold",
        "does not apply: softmax takes the likelier class, which is a threshold of 0.5")
    }
    if sampling.mode == .patches, let size = preprocessing.size {
      let patch = sampling.patch
      if patch.depth > size.depth || patch.height > size.height || patch.width > size.width {
        throw refuse(
          "sampling.patch",
          "\(patch) is larger than preprocessing.size \(size) (z, y, x)")
      }
    }
    if sampling.mode == .whole, training.batchSize > 1, preprocessing.size == nil {
      throw refuse(
        "training.batch_size",
        "\(training.batchSize) whole volumes need one size to share a batch; "
          + "set preprocessing.size, sampling.mode patches, or use training.accumulate instead")
    }
    if !data.hasValidation {
      let reason = "needs validation volumes; set data.validation or data.folds"
      if training.earlyStopping != nil { throw refuse("training.early_stopping", reason) }
      if schedule.kind == .plateau { throw refuse("schedule.kind", "'plateau' " + reason) }
    }
    if data.folds != nil, data.training != nil {
      throw refuse(
        "data.training", "contradicts data.folds, which trains on all other folds; keep one")
    }
    if schedule.warmup >= Double(training.epochs), schedule.warmup > 0 {
      throw refuse(
        "schedule.warmup",
        "\(schedule.warmup) epochs must be fewer than training.epochs (\(training.epochs))")
    }
  }
}

extension ConfigurationNode {
  /// Where the key at a path was written.
  fileprivate func origin(at path: [String]) -> Origin? {
    guard let last = path.last else { return origin }
    return node(at: path.dropLast())?.entries?.first { $0.key == last }?.origin
  }
}
