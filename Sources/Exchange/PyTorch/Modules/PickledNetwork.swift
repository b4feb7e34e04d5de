import Networks

/// A pickled `torch.nn.Module` with all modules in it.
///
/// What the modules state is read; their `forward` methods are not in the file, which names their
/// classes and no more.
struct PickledNetwork {
  /// All modules, a module before those in it, each once.
  private(set) var modules: [PickledModule] = []
  /// What the modules of `Sequential`s do one after another.
  private(set) var sequences: [[Element]] = []
  /// Whether the sequences are whole: a hostile file may repeat modules without end.
  private(set) var areSequencesWhole = true
  /// The modules by their indices in the pickle.
  private var indices: [Int: Int] = [:]

  /// A module in a sequence.
  struct Element {
    /// The module's path in the sequence; a module that occurs again has another one at first.
    let path: String
    /// The module; nil for a container whose order of computation is not stated.
    let module: PickledModule?
  }

  /// The limit of levels of modules.
  private static let depthLimit = 64
  /// The limit of elements of all sequences: a module may occur again and again.
  private static let elementLimit = 10_000
  /// The limit of bytes in the path of a module.
  private static let pathLimit = 1000

  /// The module at an index of a pickle.
  init(root: Int, pickle: Pickle) {
    var stack: [(path: String, index: Int, depth: Int)] = [("", root, 0)]
    while let (path, index, depth) = stack.popLast() {
      guard depth < Self.depthLimit, path.utf8.count <= Self.pathLimit, indices[index] == nil,
        let module = PickledModule(path: path, index: index, pickle: pickle)
      else { continue }
      indices[index] = modules.count
      modules.append(module)
      // The last one first, as the stack turns them around.
      for child in module.children.reversed() {
        stack.append((module.path(of: child.name), child.index, depth + 1))
      }
    }
    findSequences()
  }

  /// Its tensors by the names that `state_dict()` would give them, each once.
  var tensors: [(name: String, tensor: Pickle.Tensor)] {
    modules.flatMap { module in module.tensors.map { (module.path(of: $0.name), $0.tensor) } }
  }

  /// The sequences of the outermost `Sequential`s, each with those in it.
  private mutating func findSequences() {
    var count = 0
    var inner: Set<Int> = []
    for (index, module) in modules.enumerated()
    where module.layer == "Sequential" && !inner.contains(index) {
      var sequence: [Element] = []
      var stack = [(module.path, index, 0)]
      while let (path, index, depth) = stack.popLast() {
        let module = modules[index]
        count += 1
        guard count + stack.count + module.children.count <= Self.elementLimit,
          depth < Self.depthLimit
        else {
          areSequencesWhole = false
          return
        }
        guard module.layer == "Sequential" else {
          let isLayer = module.layer != nil && module.children.isEmpty
          sequence.append(Element(path: path, module: isLayer ? module : nil))
          continue
        }
        inner.insert(index)
        for child in module.children.reversed() {
          if let known = indices[child.index] {
            stack.append(("\(path).\(child.name)", known, depth + 1))
          }
        }
      }
      sequences.append(sequence)
    }
  }
}
