import Networks

/// The names and tensors of a network in a pickle: of a state dict, wherever it lies in a
/// checkpoint, or of a pickled module.
struct StateDictionary {
  /// Where it was found: "" for the whole pickle, else a path such as `net_state_dict`.
  let path: String
  /// The tensors in order.
  let tensors: [(name: String, tensor: Pickle.Tensor)]
  /// Attributes of batch normalization, as a pickled module has them.
  var epsilons: Set<Double> = []
  /// Classes of the modules of a pickled network.
  var classes: Set<String> = []

  /// Whether a network of convolutions may be in it.
  var hasVolumes: Bool {
    tensors.contains { $0.name.hasSuffix("weight") && $0.tensor.shape.count == 5 }
  }

  /// The limit of levels of objects that are searched.
  private static let depthLimit = 64

  /// All candidates in a pickle, outer ones before inner ones.
  static func candidates(in pickle: Pickle) -> [StateDictionary] {
    var found: [StateDictionary] = []
    var seen: Set<Int> = []
    var queue: [(path: String, value: Pickle.Value, depth: Int)] = [("", pickle.root, 0)]
    var next = 0
    while next < queue.count {
      let (path, value, depth) = queue[next]
      next += 1
      // State dicts lie near the surface; paths stay short.
      guard case .object(let index) = value, depth < 8, path.utf8.count < 1000,
        seen.insert(index).inserted
      else { continue }
      let prefix = path.isEmpty ? "" : path + "."
      switch pickle.objects[index] {
      case .dictionary(let entries):
        let candidate = StateDictionary(path: path, entries: entries, pickle: pickle)
        if candidate.hasVolumes { found.append(candidate) }
        for entry in entries {
          if case .text(let key) = entry.key {
            queue.append((prefix + key, entry.value, depth + 1))
          }
        }
      case .opaque:
        let candidate = StateDictionary(path: path, module: index, pickle: pickle)
        if candidate.hasVolumes { found.append(candidate) }
      case .list(let values), .tuple(let values):
        for (index, value) in values.prefix(100).enumerated() {
          queue.append((prefix + "\(index)", value, depth + 1))
        }
      case .name, .storage, .tensor: break
      }
    }
    return found
  }

  /// The tensors among the entries of a dictionary.
  private init(path: String, entries: [Pickle.Entry], pickle: Pickle) {
    self.path = path
    tensors = entries.compactMap { entry in
      guard case .text(let name) = entry.key,
        case .tensor(let tensor)? = pickle.object(entry.value)
      else { return nil }
      return (name, tensor)
    }
  }

  /// The tensors of a pickled `torch.nn.Module`: `_parameters` and `_buffers` of it and of its
  /// `_modules`, as its `state_dict()` would name them.
  private init(path: String, module: Int, pickle: Pickle) {
    self.path = path
    var tensors: [(name: String, tensor: Pickle.Tensor)] = []
    var seen: Set<Int> = []
    var stack: [(prefix: String, index: Int, depth: Int)] = [("", module, 0)]
    while let (prefix, index, depth) = stack.popLast() {
      guard depth < Self.depthLimit, seen.insert(index).inserted,
        case .opaque(let object) = pickle.objects[index], let state = object.state
      else { continue }
      for group in ["_parameters", "_buffers"] {
        guard let values = pickle.value(group, in: state) else { continue }
        for entry in pickle.dictionary(values) ?? [] {
          if case .text(let name) = entry.key,
            case .tensor(let tensor)? = pickle.object(entry.value)
          {
            tensors.append((prefix + name, tensor))
          }
        }
      }
      if object.name.contains("Norm") {
        classes.insert(object.name)
        if case .real(let epsilon)? = pickle.value("eps", in: state) { epsilons.insert(epsilon) }
      }
      guard let children = pickle.value("_modules", in: state) else { continue }
      // The last one first, as the stack turns them around.
      for entry in (pickle.dictionary(children) ?? []).reversed() {
        if case .text(let name) = entry.key, case .object(let child) = entry.value {
          stack.append(("\(prefix)\(name).", child, depth + 1))
        }
      }
    }
    self.tensors = tensors
  }
}
