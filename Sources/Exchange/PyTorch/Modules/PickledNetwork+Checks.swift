import Compute
import Networks

/// What a pickled network states, checked against what Morula computes.
extension PickledNetwork {
  /// What the modules state of a network that may be of this family.
  struct Statements {
    /// Normalizations in the order of registration, with their channels and ε.
    var normalizations: [Normalization] = []
    /// Sigmoids and softmaxes after the head, by path and class.
    var outputs: [(path: String, layer: String)] = []
    /// The paths of modules that predictions do not use: losses and metrics.
    var aside: [String] = []
    /// Sequences of layers, with what each does.
    var sequences: [[Step]] = []
    /// What the file leaves open, and what is assumed.
    var notes: [String] = []

    /// Drops what the paths of all tensors begin with.
    mutating func dropPrefix(_ prefix: String) {
      func short(_ path: String) -> String {
        path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
      }
      normalizations = normalizations.map {
        Normalization(
          path: short($0.path), channels: $0.channels, epsilon: $0.epsilon,
          hasStatistics: $0.hasStatistics)
      }
      sequences = sequences.map { steps in
        steps.map { Step(place: $0.place, path: short($0.path), role: $0.role) }
      }
    }
  }

  /// A normalization as a module states it.
  struct Normalization {
    let path: String
    let channels: Int
    let epsilon: Double
    /// Whether it has running statistics.
    let hasStatistics: Bool
  }

  /// A layer in a sequence; nil for what is not known to be one.
  struct Step {
    /// Where it is in the sequence, for messages.
    let place: String
    /// The layer's own path.
    let path: String
    let role: PickledModule.Role?
  }

  /// - Throws: `WeightsError` that names the first module that states something else than Morula
  ///   computes.
  func statements(source: String) throws(WeightsError) -> Statements {
    guard areSequencesWhole else {
      throw .otherArchitecture(source, "its modules hold each other thousands of times")
    }
    var statements = Statements()
    var roles: [String: PickledModule.Role] = [:]
    for module in modules {
      if let outer = statements.aside.last, module.path.hasPrefix(outer + ".") { continue }
      let role = try role(of: module, source)
      roles[module.path] = role
      switch role {
      case .aside: statements.aside.append(module.path)
      case .output: statements.outputs.append((module.path, module.layer ?? ""))
      case .normalization: statements.normalizations.append(try normalization(module, source))
      default: break
      }
    }
    statements.sequences = sequences.map { sequence in
      sequence.map { element in
        Step(
          place: element.path, path: element.module?.path ?? element.path,
          role: element.module.flatMap { roles[$0.path] })
      }
    }
    statements.notes = notes(roles: Set(roles.values))
    return statements
  }

  private func role(
    of module: PickledModule, _ source: String
  ) throws(WeightsError) -> PickledModule.Role {
    func refused(_ reason: String) -> WeightsError {
      let name =
        module.path.isEmpty ? "the network" : "module \(ModuleGroup.quoted(module.path))"
      return .otherArchitecture(source, "\(name) \(reason)")
    }
    let role: PickledModule.Role
    switch module.role {
    case .success(let found): role = found
    case .failure(let refusal): throw refused(refusal.reason)
    }
    if role == .aside { return role }
    for hooks in ["_forward_hooks", "_forward_pre_hooks"] where module.count(hooks) > 0 {
      throw refused(
        "has \(hooks), which may change what it computes, as weight_norm, spectral_norm and pruning "
          + "do; expected none (remove them and save it again)")
    }
    if module["forward"] != nil { throw refused("replaces its forward method; expected none") }
    for (attribute, name) in module.references where Self.isOtherFunction(name) {
      throw refused(
        "states \(attribute) \(name); a network of this family has ReLU, max pooling and transposed "
          + "convolutions")
    }
    return role
  }

  /// Whether an attribute names a function or a class that this family does not use.
  private static func isOtherFunction(_ name: String) -> Bool {
    let prefixes = ["torch.nn.functional.", "torch.nn.modules.", "torch._C._nn.", "torch."]
    guard let prefix = prefixes.first(where: name.hasPrefix) else { return false }
    let word = name.dropFirst(prefix.count).split(separator: ".").last.map { $0.lowercased() } ?? ""
    let others: Set<String> = [
      "elu", "gelu", "silu", "mish", "prelu", "rrelu", "relu6", "selu", "celu", "glu", "hardtanh",
      "hardswish", "hardsigmoid", "softplus", "softsign", "tanh", "leakyrelu", "leaky_relu",
      "logsigmoid", "interpolate", "upsample", "avgpool3d", "avg_pool3d", "lp_pool3d",
      "adaptive_avg_pool3d", "adaptive_max_pool3d", "instance_norm", "group_norm", "layer_norm",
      "instancenorm3d", "groupnorm", "layernorm",
    ]
    return others.contains(word.hasSuffix("_") ? String(word.dropLast()) : word)
  }

  private func normalization(
    _ module: PickledModule, _ source: String
  ) throws(WeightsError) -> Normalization {
    let channels = module.number("num_features") ?? module.number("num_channels")
    guard let channels = channels.flatMap(Int.init(exactly:)), channels > 0,
      let epsilon = module.number("eps")
    else {
      throw .otherArchitecture(
        source,
        "module \(ModuleGroup.quoted(module.path)) (\(module.shortClass)) states neither channels nor "
          + "eps that can be read")
    }
    let names = Set(module.tensors.map(\.name))
    let statistics = names.intersection(["running_mean", "running_var"])
    guard statistics.count != 1 else {
      throw .otherArchitecture(
        source,
        "module \(ModuleGroup.quoted(module.path)) has \(statistics.first ?? "") alone; expected "
          + "running_mean and running_var, or neither")
    }
    return Normalization(
      path: module.path, channels: channels, epsilon: epsilon, hasStatistics: !statistics.isEmpty)
  }

  /// What the file does not state, and what is assumed.
  private func notes(roles: Set<PickledModule.Role>) -> [String] {
    var notes: [String] = []
    let foreign = modules.filter { $0.layer == nil && !$0.className.hasPrefix("torch.") }
    if !foreign.isEmpty {
      var classes: [String] = []
      for module in foreign where !classes.contains(module.className) {
        classes.append(module.className)
      }
      var assumed = ["the order and the connections of a U-Net of this family"]
      if !roles.contains(.activation) { assumed.append("ReLU after each normalization") }
      if !roles.contains(.pooling) { assumed.append("max pooling 2×2×2") }
      notes.append(
        "the forward methods of \(ForeignWeights.summary(classes)) are not in the file: "
          + "\(assumed.joined(separator: ", ")) assumed")
    }
    let trained = modules.filter { module in
      guard case .success(let role) = module.role else { return false }
      return module.isTrue("training") && (role == .normalization || role == .nothing)
    }
    if !trained.isEmpty {
      notes.append(
        "saved in training mode (\(ForeignWeights.summary(trained.map(\.path)))); it predicts as after "
          + "eval()")
    }
    return notes
  }
}
