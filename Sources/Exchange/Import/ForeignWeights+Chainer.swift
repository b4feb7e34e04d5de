import Compute
import Foundation
import Networks
import Tensors

extension ForeignWeights {
  /// The arrays of Chainer's `save_npz`: `c0/W`, `c0/b`, `bnc0/gamma`, … A snapshot of a trainer,
  /// whose names begin with `updater/model:main/`, is read too; its optimizer is left out.
  static func chainer(_ archive: ZIPReader) throws(WeightsError) -> ForeignWeights {
    let suffix = ".npy"
    let paths = archive.entries.map(\.name).filter { $0.hasSuffix(suffix) }
      .map { String($0.dropLast(suffix.count)) }
    let first = "c0/W"
    guard let model = paths.first(where: { $0 == first || $0.hasSuffix("/" + first) }) else {
      throw WeightsError(
        .unsupported, file: archive.source,
        "has no array c0/W, with which the networks of QCANet begin; found \(summary(paths))")
    }
    let prefix = String(model.dropLast(first.count))
    var weights = ForeignWeights(source: archive.source, format: .chainer, entries: [])
    var skipped: [String] = []
    for path in paths where path.hasPrefix(prefix) {
      guard let entry = archive.entry(path + suffix) else { continue }
      let bytes = try archive.read(entry)
      let array: SafeTensors.Array
      do {
        array = try NPYFile.read(bytes, file: archive.source, name: path)
      } catch {
        // Chainer stores None, for example a missing bias, as a pickled object.
        guard error.kind == .unsupported else { throw error }
        skipped.append(path)
        continue
      }
      let name = pytorchName(String(path.dropFirst(prefix.count)))
      let file = SafeTensors(arrays: [path: array])
      weights.entries.append(
        Entry(name: name, original: path, shape: array.shape.dimensions) {
          () throws(WeightsError) in try file.tensor(path)
        })
    }
    // Chainer writes links in the order of their names, as NumPy keeps them; c10 would precede c2.
    weights.entries.sort { NaturalOrder.precedes($0.name, $1.name) }
    if !skipped.isEmpty {
      weights.notes.append("skipped, no numbers: \(summary(skipped))")
    }
    let others = paths.count { !$0.hasPrefix(prefix) }
    if others > 0 { weights.notes.append("left out \(others) arrays outside of \(prefix)") }
    return weights
  }

  /// `bnc0/avg_mean` as PyTorch calls it: `bnc0.running_mean`.
  private static func pytorchName(_ path: String) -> String {
    let names = [
      "W": "weight", "b": "bias", "gamma": "weight", "beta": "bias", "avg_mean": "running_mean",
      "avg_var": "running_var", "N": "num_batches_tracked",
    ]
    var parts = path.split(separator: "/").map(String.init)
    if let last = parts.last, let name = names[last] { parts[parts.count - 1] = name }
    return parts.joined(separator: ".")
  }

  /// A few names, for messages.
  static func summary(_ names: [String]) -> String {
    let shown = names.prefix(4).map { String($0.prefix(60)).debugDescription }
      .joined(separator: ", ")
    return names.isEmpty
      ? "nothing" : names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
  }
}
