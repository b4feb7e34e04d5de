import Networks

/// What tensors alone do not tell.
extension ForeignWeights {
  /// Adds what is assumed of a network whose file holds tensors and no modules, and which names
  /// hint at something else.
  mutating func noteWhatTensorsHide() {
    notes.append(
      "tensors do not tell padding, dilation, activation, pooling and epsilon: zeros, 1, ReLU, max "
        + "pooling 2×2×2 and 1e-5 (unless another is given) assumed")
    var hints: [String] = []
    var names: [String] = []
    for entry in entries {
      for hint in Self.hints(entry.name) where !hints.contains(hint) {
        hints.append(hint)
        names.append(entry.original)
      }
    }
    if !hints.isEmpty {
      notes.append(
        "names such as \(Self.summary(names)) hint at \(hints.joined(separator: ", ")), which is "
          + "imported as if it were what is assumed; compare predictions")
    }
  }

  /// What the words of a tensor's name hint at that a network of this family has not.
  private static func hints(_ name: String) -> [String] {
    let hints: [String: String] = [
      "groupnorm": "GroupNorm", "gn": "GroupNorm", "instancenorm": "InstanceNorm",
      "layernorm": "LayerNorm", "ln": "LayerNorm", "rmsnorm": "RMSNorm", "leaky": "LeakyReLU",
      "leakyrelu": "LeakyReLU", "lrelu": "LeakyReLU", "prelu": "PReLU", "elu": "ELU",
      "selu": "SELU", "celu": "CELU", "gelu": "GELU", "silu": "SiLU", "swish": "SiLU",
      "mish": "Mish", "hardswish": "Hardswish", "tanh": "tanh", "dilated": "dilation",
      "dilation": "dilation", "atrous": "dilation", "avgpool": "average pooling",
      "reflect": "reflected padding", "replicate": "replicated padding",
      "circular": "circular padding", "residual": "residuals",
      "resblock": "residuals", "strided": "strides", "attention": "attention",
    ]
    return name.split(separator: ".").flatMap { component -> [String] in
      let words = Self.words(of: component)
      // `group_norm` and `groupNorm` as `groupnorm`.
      let pairs = zip(words, words.dropFirst()).map { $0 + $1 }
      return (words + pairs).compactMap { hints[$0] }
    }
  }
}
