import Networks

/// Names of classes and functions, and the few calls whose results are known.
extension Unpickler {
  /// Carries out an instruction on classes, calls and what lies outside; false for other
  /// instructions.
  mutating func performCall(_ operation: UInt8) throws(WeightsError) -> Bool {
    switch Unicode.Scalar(operation) {
    // GLOBAL, STACK_GLOBAL, REDUCE, NEWOBJ, NEWOBJ_EX, INST, OBJ, BUILD
    case "c": try name(try line(), try line())
    case "\u{93}":
      let (name, module) = (try pop(), try pop())
      guard case .text(let name) = name, case .text(let module) = module else {
        throw malformed("names a class by something that is not text")
      }
      try self.name(module, name)
    case "R", "\u{81}":
      let (arguments, callee) = (try pop(), try pop())
      try call(callee, arguments: try elements(arguments))
    case "\u{92}":
      let (keywords, arguments, callee) = (try pop(), try pop(), try pop())
      let positional = try elements(arguments)
      try charge(positional.count)
      try call(callee, arguments: positional + [keywords])
    case "i":
      let (module, name) = (try line(), try line())
      let arguments = try popMarked()
      try self.name(module, name)
      try call(try pop(), arguments: arguments)
    case "o":
      let values = try popMarked()
      guard let callee = values.first else { throw malformed("makes an object of no class") }
      try call(callee, arguments: Array(values.dropFirst()))
    case "b":
      let state = try pop()
      try build(try top(), state)
    // The extension registry: EXT1, EXT2, EXT4
    case "\u{82}": try opaque("extension \(try byte())", arguments: [])
    case "\u{83}": try opaque("extension \(try number(2))", arguments: [])
    case "\u{84}": try opaque("extension \(try number(4))", arguments: [])
    // What lies elsewhere: PERSID, BINPERSID
    case "P": try opaque("persistent \(String(try line().prefix(40)))", arguments: [])
    case "Q": try storage(try pop())
    default: return false
    }
    return true
  }

  /// Pushes a name.
  private mutating func name(_ module: String, _ name: String) throws(WeightsError) {
    try push(.name("\(module).\(name)"))
  }

  /// Pushes what a call would have made: a container, a tensor, or an opaque object.
  private mutating func call(
    _ callee: Pickle.Value, arguments: [Pickle.Value]
  ) throws(WeightsError) {
    guard case .object(let index) = callee, case .name(let name) = objects[index] else {
      throw malformed("calls what has no name")
    }
    switch name {
    case "collections.OrderedDict", "collections.defaultdict", "builtins.dict":
      try push(.dictionary(try entries(of: arguments)))
    case "torch.Size", "builtins.tuple":
      try push(.tuple(try arguments.first.map(elements) ?? []))
    case "builtins.list", "builtins.set", "builtins.frozenset", "__builtin__.set":
      try push(.list(try arguments.first.map(elements) ?? []))
    case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2",
      "torch._utils._rebuild_tensor_v3":
      try tensor(arguments, hasType: name.hasSuffix("v3"))
    case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
      guard let value = arguments.first else { throw malformed("makes a parameter of nothing") }
      stack.append(value)
    case "torch._tensor._rebuild_from_type_v2":
      guard arguments.count >= 3 else { throw malformed("makes a tensor of too few values") }
      // The function that makes the tensor, the class it gets, the function's arguments. One level,
      // so that a hostile pickle cannot nest them without end.
      guard case .object(let index) = arguments[0], case .name(let inner) = objects[index],
        inner.hasPrefix("torch._utils._rebuild_tensor_v")
      else { return try opaque(name, arguments: arguments) }
      try tensor(try elements(arguments[2]), hasType: inner.hasSuffix("v3"))
    default: try opaque(name, arguments: arguments)
    }
  }

  /// Pushes an object that stays a name with its arguments.
  private mutating func opaque(_ name: String, arguments: [Pickle.Value]) throws(WeightsError) {
    let short = String(name.prefix(100))
    if unknown.count < 100, !unknown.contains(short) { unknown.append(short) }
    try push(.opaque(Pickle.Opaque(name: short, arguments: arguments, state: nil)))
  }

  /// Keeps the state of an opaque object; that of containers and tensors says nothing of use.
  private mutating func build(_ target: Pickle.Value, _ state: Pickle.Value) throws(WeightsError) {
    guard case .object(let index) = target else { throw malformed("sets the state of a value") }
    if case .opaque(var opaque) = objects[index] {
      opaque.state = state
      objects[index] = .opaque(opaque)
    }
  }

  /// Pushes the storage of a persistent identifier: ("storage", class, key, device, count).
  private mutating func storage(_ identifier: Pickle.Value) throws(WeightsError) {
    let parts = try elements(identifier)
    guard parts.count >= 5, parts[0] == .text("storage"),
      case .object(let index) = parts[1], case .name(let type) = objects[index],
      case .integer(let count) = parts[4], count >= 0
    else { throw malformed("refers to something that is not a storage of PyTorch") }
    let key: String
    switch parts[2] {
    case .text(let text): key = text
    case .integer(let number): key = String(number)
    default: throw malformed("refers to a storage without a name")
    }
    try push(.storage(Pickle.Storage(type: type, key: key, count: count)))
  }

  /// Pushes the tensor of (storage, offset, shape, strides, …).
  private mutating func tensor(
    _ arguments: [Pickle.Value], hasType: Bool
  ) throws(WeightsError) {
    guard arguments.count >= 4, case .object(let index) = arguments[0],
      case .storage(let storage) = objects[index], case .integer(let offset) = arguments[1],
      let shape = try? integers(arguments[2]), let strides = try? integers(arguments[3]),
      offset >= 0, shape.count == strides.count,
      shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 })
    else { throw malformed("has a tensor without storage, offset, shape and strides") }
    var type: String?
    if hasType, arguments.count >= 7, case .object(let index) = arguments[6],
      case .name(let name) = objects[index]
    {
      type = name
    }
    try push(
      .tensor(
        Pickle.Tensor(
          storage: storage, offset: offset, shape: shape, strides: strides, type: type)))
  }

  private func integers(_ value: Pickle.Value) throws(WeightsError) -> [Int] {
    var numbers: [Int] = []
    let extents = try elements(value)
    guard extents.count <= 32 else { throw malformed("has a tensor of \(extents.count) axes") }
    for element in extents {
      guard case .integer(let number) = element else {
        throw malformed("has an extent that is not an integer")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// The entries of `OrderedDict([(key, value), …])` and the like, which older Pythons wrote.
  private mutating func entries(of arguments: [Pickle.Value]) throws(WeightsError) -> [Pickle.Entry]
  {
    guard case .object(let index)? = arguments.first else { return [] }
    switch objects[index] {
    case .dictionary(let entries): return entries
    case .list(let items), .tuple(let items):
      try charge(items.count)
      var entries: [Pickle.Entry] = []
      for item in items {
        let pair = try elements(item)
        guard pair.count == 2 else { throw malformed("has an entry without key and value") }
        entries.append(Pickle.Entry(key: pair[0], value: pair[1]))
      }
      return entries
    default: return []
    }
  }
}
