import Networks

/// The names and tensors of a network in a pickle: of a state dict, wherever it lies in a
/// checkpoint, or of a pickled module.
struct StateDictionary {
  /// Where it was found: "" for the whole pickle, else a path such as `net_state_dict`.
  let path: String
  /// The tensors in order.
  let tensors: [(name: String, tensor: Pickle.Tensor)]
  /// The modules of a pickled network; nil for a dictionary of tensors.
  var network: PickledNetwork?

  /// Whether a network of convolutions may be in it.
  var hasVolumes: Bool {
    tensors.contains { $0.name.hasSuffix("weight") && $0.tensor.shape.count == 5 }
  }

  /// The path of a tensor in the whole pickle.
  func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// The limit of pickled modules that are looked into, each with those in it.
  private static let moduleLimit = 100

  /// All candidates in a pickle, outer ones before inner ones.
  static func candidates(in pickle: Pickle) -> [StateDictionary] {
    var found: [StateDictionary] = []
    var seen: Set<Int> = []
    var queue: [(path: String, value: Pickle.Value, depth: Int)] = [("", pickle.root, 0)]
    var next = 0
    var modules = 0
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
      case .opaque(let object):
        // What `torch.compile` made of a module is pickled with the module.
        if object.name == "torch._dynamo.eval_frame.OptimizedModule" {
          object.arguments.first.map { queue.append((path, $0, depth + 1)) }
          continue
        }
        modules += 1
        guard modules <= moduleLimit else { continue }
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

  /// The tensors of a pickled `torch.nn.Module`, as its `state_dict()` would name them.
  private init(path: String, module: Int, pickle: Pickle) {
    self.path = path
    let network = PickledNetwork(root: module, pickle: pickle)
    self.network = network
    tensors = network.tensors
  }
}
