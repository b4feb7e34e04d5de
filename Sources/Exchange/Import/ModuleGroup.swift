import Compute
import Networks

/// The tensors of one layer: those whose names differ in the last word alone.
struct ModuleGroup {
  /// The layer's name, for example `conv1`.
  let name: String
  /// The tensors by their last words.
  private(set) var entries: [String: ForeignWeights.Entry]

  /// The tensors of a layer; none for a normalization that neither scales nor remembers.
  init(name: String, entries: [String: ForeignWeights.Entry] = [:]) {
    self.name = name
    self.entries = entries
  }

  /// What a layer does, as the shapes of its tensors tell.
  enum Role: Equatable {
    /// A convolution with a cubic window: `[out, in, k, k, k]`.
    case convolution(outputs: Int, inputs: Int, kernel: Int)
    /// A transposed convolution 2×2×2: `[in, out, 2, 2, 2]`.
    case upsampling(inputs: Int, outputs: Int)
    /// Batch normalization.
    case normalization(channels: Int)
    /// Nothing that this family of networks has; why.
    case other(String)
  }

  /// The layers of a file in the order of their first tensors.
  static func groups(_ entries: [ForeignWeights.Entry]) -> [ModuleGroup] {
    var groups: [ModuleGroup] = []
    var indices: [Substring: Int] = [:]
    for entry in entries {
      let cut = entry.name.lastIndex(of: ".") ?? entry.name.startIndex
      let (name, word) = (entry.name[..<cut], entry.name[cut...].drop { $0 == "." })
      if let index = indices[name] {
        groups[index].entries[String(word)] = entry
      } else {
        indices[name] = groups.count
        groups.append(ModuleGroup(name: String(name), entries: [String(word): entry]))
      }
    }
    return groups
  }

  /// The tensor of this last word.
  subscript(word: String) -> ForeignWeights.Entry? { entries[word] }

  /// What is wrong where the tensors are parts that a parametrization makes a weight of; nil for
  /// other layers.
  var parametrization: String? {
    guard let part = entries.values.min(by: { $0.name < $1.name }),
      part.name.contains("parametrizations.")
    else { return nil }
    return
      "\(Self.quoted(part.original)) is a part of weights under weight normalization or another "
      + "parametrization; remove it (torch.nn.utils.parametrize.remove_parametrizations) and save again"
  }

  /// The words of tensors that hold the weights of a layer in several parts.
  private static let reparametrized: [(word: String, cause: String)] = [
    ("weight_mask", "pruning"), ("weight_u", "spectral normalization"),
    ("weight_g", "weight normalization"), ("weight_v", "weight normalization"),
    ("weight_orig", "spectral normalization or pruning"),
  ]

  /// Whether there are running statistics.
  var hasStatistics: Bool { self["running_mean"] != nil && self["running_var"] != nil }

  /// What the layer does.
  var role: Role {
    let known: Set = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
    if let stranger = entries.keys.sorted().first(where: { !known.contains($0) }) {
      let label = Self.quoted(entries[stranger]?.original ?? stranger)
      if let part = Self.reparametrized.first(where: { entries[$0.word] != nil }) {
        return .other(
          "\(label) is a part of weights under \(part.cause); remove it (torch.nn.utils) and save "
            + "again")
      }
      return .other("\(label) is not known as part of a convolution or a normalization")
    }
    guard let weight = self["weight"] else {
      guard let mean = self["running_mean"], mean.shape.count == 1 else {
        return .other("\(Self.quoted(name)) has no weight")
      }
      return .normalization(channels: mean.shape[0])
    }
    let label = Self.quoted(weight.original)
    switch weight.shape.count {
    case 1:
      // Of PReLU, RMSNorm and the like.
      guard self["bias"] != nil || self["running_mean"] != nil else {
        return .other("\(label) is alone; a normalization has a bias or statistics beside it")
      }
      return .normalization(channels: weight.shape[0])
    case 5:
      let window = weight.shape[2...]
      guard let kernel = window.first, window.allSatisfy({ $0 == kernel }) else {
        return .other("\(label) has a window of \(window.map(String.init).joined(separator: "×"))")
      }
      if kernel == 2 { return .upsampling(inputs: weight.shape[0], outputs: weight.shape[1]) }
      guard !kernel.isMultiple(of: 2) else {
        return .other("\(label) has a window of \(kernel)³")
      }
      return .convolution(outputs: weight.shape[0], inputs: weight.shape[1], kernel: kernel)
    default:
      return .other(
        "\(label) has \(weight.shape.count.counted("axis", "axes")); convolutions of volumes have 5, normalizations 1"
      )
    }
  }

  /// A name for messages.
  static func quoted(_ name: String) -> String { String(name.prefix(80)).debugDescription }
}
