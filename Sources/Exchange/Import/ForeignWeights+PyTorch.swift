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
    let named = key.flatMap { key in candidates.first { $0.path == key } }
    // A key may also be what the names of one of several networks begin with.
    let outer = key.flatMap { key in
      candidates.first { candidate in
        candidate.tensors.contains { candidate.path(of: $0.name).hasPrefix(key + ".") }
      }
    }
    guard let chosen = key == nil ? first : named ?? outer else {
      throw WeightsError(
        .missing, file: file.source,
        "has no state dict \(String((key ?? "").prefix(60)).debugDescription); it has "
          + summary(candidates.map(\.path)))
    }
    var weights = ForeignWeights(source: file.source, format: .pytorch, entries: [])
    weights.entries = chosen.tensors.map { name, tensor in
      Entry(name: name, original: name, shape: tensor.shape) {
        () throws(WeightsError) in try file.tensor(tensor, name: name)
      }
    }
    if let key, named == nil {
      try weights.keep(String(key.dropFirst(chosen.path.isEmpty ? 0 : chosen.path.count + 1)))
    }
    if let network = chosen.network {
      let statements = try network.statements(source: file.source)
      weights.statements = statements
      weights.setAside(modules: statements.aside)
      weights.notes += statements.notes
    } else {
      weights.setAside()
      weights.noteWhatTensorsHide()
    }
    weights.dropWrappers()
    if !chosen.path.isEmpty {
      weights.notes.insert("state dict \(chosen.path.debugDescription)", at: 0)
    }
    if candidates.count > 1, key == nil {
      weights.notes.append(
        "other state dicts, not read: \(summary(candidates.dropFirst().map(\.path)))")
    }
    let modules = Set((chosen.network?.modules ?? []).map(\.className))
    let skipped = file.pickle.unknown.filter { !modules.contains($0) }
    if !skipped.isEmpty { weights.notes.append("skipped objects of \(summary(skipped))") }
    if case .integer(let epochs)? = file.pickle.value("epoch", in: file.pickle.root),
      (0...1_000_000).contains(epochs)
    {
      weights.epochs = epochs
    }
    return weights
  }
}
