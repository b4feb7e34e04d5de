import Networks

/// Lists, tuples, dictionaries and sets.
extension Unpickler {
  /// Carries out an instruction on containers; false for other instructions.
  mutating func performContainer(_ operation: UInt8) throws(WeightsError) -> Bool {
    switch Unicode.Scalar(operation) {
    // EMPTY_LIST, EMPTY_TUPLE, EMPTY_DICT, EMPTY_SET
    case "]", "\u{8f}": try push(.list([]))
    case ")": try push(.tuple([]))
    case "}": try push(.dictionary([]))
    // LIST, FROZENSET, TUPLE, DICT
    case "l", "\u{91}": try push(.list(try popMarked()))
    case "t": try push(.tuple(try popMarked()))
    case "d": try push(.dictionary(try pairs(try popMarked())))
    // TUPLE1, TUPLE2, TUPLE3
    case "\u{85}": try push(.tuple([try pop()]))
    case "\u{86}":
      let (b, a) = (try pop(), try pop())
      try push(.tuple([a, b]))
    case "\u{87}":
      let (c, b, a) = (try pop(), try pop(), try pop())
      try push(.tuple([a, b, c]))
    // APPEND, APPENDS, ADDITEMS, SETITEM, SETITEMS
    case "a": try extend(with: [try pop()])
    case "e", "\u{90}": try extend(with: try popMarked())
    case "s":
      let (value, key) = (try pop(), try pop())
      try extend(withEntries: [Pickle.Entry(key: key, value: value)])
    case "u": try extend(withEntries: try pairs(try popMarked()))
    default: return false
    }
    return true
  }

  /// Adds to the list on the stack; what is added to an unknown object is dropped.
  private mutating func extend(with values: [Pickle.Value]) throws(WeightsError) {
    guard case .object(let index) = try top() else {
      throw malformed("adds to something that is not a list")
    }
    if case .list(var list) = objects[index] {
      // Out of the array while it grows, so that it is not copied.
      objects[index] = .list([])
      list += values
      objects[index] = .list(list)
    } else if case .opaque = objects[index] {
      return
    } else {
      throw malformed("adds to something that is not a list")
    }
  }

  /// Adds to the dictionary on the stack; what is added to an unknown object is dropped.
  private mutating func extend(withEntries entries: [Pickle.Entry]) throws(WeightsError) {
    guard case .object(let index) = try top() else {
      throw malformed("sets items of something that is not a dictionary")
    }
    if case .dictionary(var dictionary) = objects[index] {
      objects[index] = .dictionary([])
      dictionary += entries
      objects[index] = .dictionary(dictionary)
    } else if case .opaque = objects[index] {
      return
    } else {
      throw malformed("sets items of something that is not a dictionary")
    }
  }

  private func pairs(_ values: [Pickle.Value]) throws(WeightsError) -> [Pickle.Entry] {
    guard values.count.isMultiple(of: 2) else { throw malformed("has a key without a value") }
    return stride(from: 0, to: values.count, by: 2).map {
      Pickle.Entry(key: values[$0], value: values[$0 + 1])
    }
  }
}
