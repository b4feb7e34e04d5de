import Networks
import Tensors

extension ForeignWeights {
  /// The tensors of a file of `torch.save`: a state dict, a checkpoint that holds one, or a pickled
  /// module, of which nothing is constructed.
  ///
  /// - Parameter key: Where a checkpoint with several state dicts holds the one that is meant.
  static func pytorch(_ archive: ZIPReader, key: String?) throws(WeightsError) -> ForeignWeights {
    let file = try PyTorchArchive(archive)
    let candidates = StateDictionary.candidates(in: file.pickle)
    guard let first = candidates.first else {
      throw WeightsError(
        .unsupported, file: file.source,
        "holds no state dict with the weights of 3D convolutions, which have five axes")
    }
    var chosen = first
    if let key {
      guard let found = candidates.first(where: { $0.path == key }) else {
        throw WeightsError(
          .missing, file: file.source,
          "has no state dict \(String(key.prefix(60)).debugDescription); it has "
            + summary(candidates.map(\.path)))
      }
      chosen = found
    }
    var weights = ForeignWeights(source: file.source, format: .pytorch, entries: [])
    // What torch.nn.DataParallel and torch.compile put before every name.
    var prefix = ""
    for wrapper in ["module.", "_orig_mod.", "module."]
    where chosen.tensors.allSatisfy({ $0.name.hasPrefix(prefix + wrapper) }) {
      prefix += wrapper
    }
    weights.entries = chosen.tensors.map { name, tensor in
      Entry(name: String(name.dropFirst(prefix.count)), original: name, shape: tensor.shape) {
        () throws(WeightsError) in try file.tensor(tensor, name: name)
      }
    }
    if chosen.epsilons.count == 1 { weights.epsilon = chosen.epsilons.first }
    if let other = chosen.classes.sorted().first(where: { !$0.hasSuffix("BatchNorm3d") }) {
      throw WeightsError(
        .unsupported, file: file.source, "has layers of \(other); this family has BatchNorm3d")
    }
    if !chosen.path.isEmpty { weights.notes.append("state dict \(chosen.path.debugDescription)") }
    if candidates.count > 1, key == nil {
      weights.notes.append(
        "other state dicts, not read: \(summary(candidates.dropFirst().map(\.path)))")
    }
    if !file.pickle.unknown.isEmpty {
      weights.notes.append("skipped objects of \(summary(file.pickle.unknown))")
    }
    if case .integer(let epochs)? = file.pickle.value("epoch", in: file.pickle.root),
      (0...1_000_000).contains(epochs)
    {
      weights.epochs = epochs
    }
    return weights
  }
}
