import Compute
import Networks
import Tensors

/// The named tensors of a file of another program, each read when it is asked for.
package struct ForeignWeights {
  /// The format of the file.
  package enum Format: String, Sendable, Codable, CaseIterable {
    /// A zip of `.npy` arrays that Chainer's `save_npz` wrote.
    case chainer
    /// A zip with a pickle that `torch.save` wrote.
    case pytorch
    /// safetensors without Morula's metadata.
    case safetensors

    /// The format in words.
    package var description: String {
      switch self {
      case .chainer: "Chainer npz"
      case .pytorch: "PyTorch"
      case .safetensors: "safetensors"
      }
    }
  }

  /// A tensor.
  package struct Entry {
    /// The name without what all names begin with, in PyTorch's way: `conv1.weight`.
    package let name: String
    /// The name in the file.
    package let original: String
    /// The extents.
    package let shape: [Int]
    /// Reads the numbers.
    package let load: () throws(WeightsError) -> Tensor
  }

  /// The file's path.
  package var source: String
  /// Its format.
  package var format: Format
  /// The tensors, in the order of the file, or of their names where the file has none of its own.
  package var entries: [Entry]
  /// What the modules of a pickled network state; nil where the file holds tensors alone.
  var statements: PickledNetwork.Statements?
  /// The epochs trained, where the file tells them.
  package var epochs: Int?
  /// What was skipped or assumed.
  package var notes: [String] = []
}

extension ForeignWeights {
  /// Reads a file, whose format shows in its first bytes.
  ///
  /// - Parameters:
  ///   - path: A Chainer `.npz`, a PyTorch `.pt`, `.pth` or `.tar`, or a safetensors file.
  ///   - key: The entry of a PyTorch checkpoint that holds the state dict; nil finds it.
  /// - Throws: `WeightsError` where the file is none of these, or damaged.
  package static func read(_ path: String, key: String? = nil) throws(WeightsError)
    -> ForeignWeights
  {
    let start = [UInt8](try RegularFile.start(path, count: 512))
    if SafeTensors.isBegun(by: start, fileSize: try RegularFile.size(path)) {
      return try safetensors(SafeTensors(contentsOf: path), key: key)
    }
    if start.starts(with: [0x50, 0x4B]) {
      return try read(ZIPReader(contentsOf: path), key: key)
    }
    if let problem = otherFormat(start) {
      throw WeightsError(.unsupported, file: path, problem)
    }
    guard start.count > 8, start[8] == UInt8(ascii: "{") else {
      throw WeightsError(
        .unsupported, file: path,
        "is not a Chainer npz, a PyTorch zip archive or a safetensors file")
    }
    // Damaged: its reader says how.
    return try safetensors(SafeTensors(contentsOf: path), key: key)
  }

  /// What a file is that begins like this, if it is of a format that is known and not read.
  private static func otherFormat(_ start: [UInt8]) -> String? {
    // A pickle of protocol 2, with or without PyTorch's old magic number.
    if start.count > 1, start[0] == 0x80, start[1] <= 5 {
      return "is a pickle outside of a zip archive, as PyTorch before 1.6 wrote; torch.load and "
        + "torch.save it with a newer PyTorch"
    }
    if start.starts(with: [0x89, 0x48, 0x44, 0x46]) {
      return "is an HDF5 file; save the weights as npz, .pt or safetensors"
    }
    if start.count >= 262, start[257..<262].elementsEqual("ustar".utf8) {
      return
        "is a tar archive, as PyTorch before 0.2 wrote; torch.load and torch.save it with a newer "
        + "PyTorch, or unpack it"
    }
    if start.starts(with: [0x1F, 0x8B]) { return "is compressed with gzip; decompress it first" }
    return nil
  }

  /// Reads an archive of Chainer or PyTorch.
  ///
  /// - Throws: `WeightsError` where the archive is neither, or damaged.
  package static func read(
    _ archive: ZIPReader, key: String? = nil
  ) throws(WeightsError) -> ForeignWeights {
    let names = archive.entries.map(\.name)
    if names.contains(where: { $0.hasSuffix("constants.pkl") || $0.contains("/code/") }) {
      throw WeightsError(
        .unsupported, file: archive.source,
        "is a TorchScript program; save the state_dict() of torch.jit.load with torch.save")
    }
    if names.contains(where: { $0.hasSuffix("archive_format") || $0.hasSuffix("models/model.json") }
    ) {
      throw WeightsError(
        .unsupported, file: archive.source,
        "is a program of torch.export; save the state_dict of torch.export.load with torch.save")
    }
    if names.contains(where: { $0.hasSuffix("data.pkl") }) {
      return try pytorch(archive, key: key)
    }
    if names.contains(where: { $0.hasSuffix(".npy") }) {
      return try chainer(archive)
    }
    throw WeightsError(
      .unsupported, file: archive.source,
      "is a zip archive without data.pkl (PyTorch) or .npy arrays (Chainer, NumPy)")
  }

  /// The tensors of a safetensors file that is not Morula's own, in the order of their names.
  static func safetensors(
    _ file: SafeTensors, key: String? = nil
  ) throws(WeightsError) -> ForeignWeights {
    guard file.metadata["format"] != "morula" else {
      throw WeightsError(
        .unsupported, file: file.source,
        "is a model of Morula already; use it as it is, or `morula model pack` for a checkpoint")
    }
    let names = NaturalOrder.sorted(file.arrays.keys)
    var weights = ForeignWeights(source: file.source, format: .safetensors, entries: [])
    weights.entries = names.compactMap { name in
      file.arrays[name].map { array in
        Entry(name: name, original: name, shape: array.shape.dimensions) {
          () throws(WeightsError) in
          try file.tensor(name)
        }
      }
    }
    if let key { try weights.keep(key) }
    weights.setAside()
    weights.noteWhatTensorsHide()
    return weights
  }
}
