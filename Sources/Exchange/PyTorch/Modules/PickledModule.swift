import Networks

/// A `torch.nn.Module` in a pickle: its class, and what it states about itself.
struct PickledModule {
  /// Its path in the network, as `named_modules()` gives it; "" for the network itself.
  let path: String
  /// Its class with the module of Python, for example `torch.nn.modules.conv.Conv3d`.
  let className: String
  /// Its attributes.
  let state: Pickle.Value
  /// The modules in it, in the order of their registration.
  let children: [(name: String, index: Int)]
  private let pickle: Pickle
  /// The limit of bytes in a name.
  private static let nameLimit = 1000

  /// The object at an index of a pickle; nil if it has no attributes.
  init?(path: String, index: Int, pickle: Pickle) {
    guard case .opaque(let object) = pickle.objects[index], let state = object.state,
      pickle.dictionary(state) != nil
    else { return nil }
    self.path = path
    self.pickle = pickle
    self.state = state
    className = object.name
    let modules = pickle.value("_modules", in: state).flatMap(pickle.dictionary) ?? []
    children = modules.compactMap { entry in
      guard case .text(let name) = entry.key, name.utf8.count <= Self.nameLimit,
        case .object(let child) = entry.value
      else { return nil }
      return (name, child)
    }
  }

  /// The class among those of PyTorch's layers, for example `Conv3d`; nil for any other class.
  var layer: String? {
    let prefix = "torch.nn.modules."
    guard className.hasPrefix(prefix) else { return nil }
    return className.split(separator: ".").last.map(String.init)
  }

  /// The class without the module of Python.
  var shortClass: String { className.split(separator: ".").last.map(String.init) ?? className }

  /// The path of a module or tensor in it.
  func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// Its own parameters and buffers by name, in order; those that are None are left out.
  var tensors: [(name: String, tensor: Pickle.Tensor)] {
    ["_parameters", "_buffers"].flatMap { group in
      (pickle.value(group, in: state).flatMap(pickle.dictionary) ?? []).compactMap { entry in
        guard case .text(let name) = entry.key, name.utf8.count <= Self.nameLimit,
          case .tensor(let tensor)? = pickle.object(entry.value)
        else { return nil }
        return (name, tensor)
      }
    }
  }

  /// The attribute of this name; nil if there is none, as in files of older versions.
  subscript(attribute: String) -> Pickle.Value? { pickle.value(attribute, in: state) }

  /// A number, whether it is written as integer or not.
  func number(_ attribute: String) -> Double? {
    switch self[attribute] {
    case .integer(let number)?: Double(number)
    case .real(let number)?: number
    default: nil
    }
  }

  /// Whether an attribute is True.
  func isTrue(_ attribute: String) -> Bool { self[attribute] == .boolean(true) }

  /// An attribute as Python prints it.
  func text(_ attribute: String) -> String {
    self[attribute].map { words($0, depth: 0) } ?? "nothing"
  }

  private func words(_ value: Pickle.Value, depth: Int) -> String {
    switch value {
    case .none: return "None"
    case .boolean(let isTrue): return isTrue ? "True" : "False"
    case .integer(let number): return "\(number)"
    case .real(let number): return "\(number)"
    case .text(let text): return "'\(text.prefix(40))'"
    case .skipped: return "something else"
    case .object:
      guard depth < 2, let elements = pickle.elements(value) else { return "something else" }
      return "("
        + elements.prefix(6).map { words($0, depth: depth + 1) }.joined(separator: ", ") + ")"
    }
  }

  /// The number along each of the three axes of an attribute such as `stride`: three numbers, or
  /// one for all; nil if it is neither.
  func triple(_ attribute: String) -> [Int]? {
    guard let value = self[attribute] else { return nil }
    if case .integer(let number) = value { return [number, number, number] }
    guard let numbers = pickle.integers(value), numbers.count == 3 else { return nil }
    return numbers
  }

  /// How many entries a dictionary among the attributes has.
  func count(_ attribute: String) -> Int {
    self[attribute].flatMap(pickle.dictionary)?.count ?? 0
  }

  /// The functions and classes among the attributes, for example `torch.nn.functional.elu`, with
  /// the attributes' names; also those that a `functools.partial` holds.
  var references: [(attribute: String, name: String)] {
    (pickle.dictionary(state) ?? []).compactMap { entry in
      guard case .text(let attribute) = entry.key, !attribute.hasPrefix("_") else { return nil }
      return reference(entry.value, depth: 0).map { (attribute, $0) }
    }
  }

  /// The name of a function or a class.
  private func reference(_ value: Pickle.Value, depth: Int) -> String? {
    switch pickle.object(value) {
    case .name(let name)?: return name
    case .opaque(let object)?:
      guard depth < 2, let first = object.arguments.first else { return nil }
      if object.name == "functools.partial" { return reference(first, depth: depth + 1) }
      // `torch.tanh` is an attribute of a class in C.
      guard object.name.hasSuffix(".getattr"), case .text(let word)? = object.arguments.last else {
        return nil
      }
      return "torch.\(word)"
    default: return nil
    }
  }
}
