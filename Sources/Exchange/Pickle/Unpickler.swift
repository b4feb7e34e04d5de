import Foundation
import Networks

/// Reads pickles of protocols 0 to 5 without running them.
///
/// A pickle is a program for a stack machine that may import any function of Python and call it. This
/// reader carries out what makes plain values, lists, tuples and dictionaries. Of calls it knows those
/// that PyTorch makes a tensor with; any other call makes a ``Pickle/Opaque`` and nothing more. Memory
/// is bounded: a few dozen bytes for every byte of the pickle, of which at most ``sizeLimit`` are read.
///
/// The format is that of Python's `pickletools`, the calls those of PyTorch's `torch/_utils.py`.
public struct Unpickler {
  /// The largest pickle that is read; the one of a state dict takes 100 bytes a tensor.
  public static let sizeLimit = 16 << 20
  /// The most objects that a pickle may have.
  static let objectLimit = 500_000
  /// The most instructions, values on the stack, values in the memo and values copied by calls.
  static let valueLimit = 2_000_000

  /// Reads a pickle; `file` stands for it in messages.
  ///
  /// - Throws: `WeightsError` where it is damaged, or larger than the limits.
  public static func read(_ bytes: Data, file: String) throws(WeightsError) -> Pickle {
    var reader = Unpickler(bytes: [UInt8](bytes.prefix(sizeLimit + 1)), file: file)
    guard bytes.count <= sizeLimit else {
      throw reader.failure(.unsupported, "is larger than the \(sizeLimit >> 20) MiB that are read")
    }
    return try reader.run()
  }

  let bytes: [UInt8]
  let file: String
  var position = 0
  var stack: [Pickle.Value] = []
  /// Where the parts of the stack begin.
  var marks: [Int] = []
  var memo: [Int: Pickle.Value] = [:]
  var objects: [Pickle.Object] = []
  var unknown: [String] = []
  /// Values that calls copied from one object to another.
  var copied = 0

  private init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  private mutating func run() throws(WeightsError) -> Pickle {
    var instructions = 0
    while true {
      let operation = try byte()
      instructions += 1
      guard instructions <= Self.valueLimit, stack.count <= Self.valueLimit,
        memo.count <= Self.valueLimit
      else { throw failure(.unsupported, "has more than \(Self.valueLimit) values") }
      // STOP
      if operation == UInt8(ascii: ".") { break }
      try perform(operation)
    }
    return Pickle(root: try pop(), objects: objects, unknown: unknown)
  }

  private mutating func perform(_ operation: UInt8) throws(WeightsError) {
    switch Unicode.Scalar(operation) {
    // Headers: PROTO, FRAME.
    case "\u{80}":
      let version = try byte()
      guard version <= 5 else {
        throw failure(.unsupported, "is of protocol \(version); 0 to 5 are read")
      }
    case "\u{95}": _ = try take(8)
    // The stack: MARK, POP, POP_MARK, DUP.
    case "(": marks.append(stack.count)
    case "0":
      if let mark = marks.last, mark == stack.count { marks.removeLast() } else { _ = try pop() }
    case "1": _ = try popMarked()
    case "2": stack.append(try top())
    // The memo: PUT, BINPUT, LONG_BINPUT, MEMOIZE, GET, BINGET, LONG_BINGET.
    case "p": try remember(try textNumber())
    case "q": try remember(Int(try byte()))
    case "r": try remember(try number(4))
    case "\u{94}": try remember(memo.count)
    case "g": try recall(try textNumber())
    case "h": try recall(Int(try byte()))
    case "j": try recall(try number(4))
    // Classes and calls: GLOBAL, STACK_GLOBAL, REDUCE, NEWOBJ, NEWOBJ_EX, INST, OBJ, BUILD.
    case "c": try name(try line(), try line())
    case "\u{93}":
      let (name, module) = (try pop(), try pop())
      guard case .text(let name) = name, case .text(let module) = module else {
        throw malformed("names a class that is no text")
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
    // The extension registry: EXT1, EXT2, EXT4.
    case "\u{82}": try opaque("extension \(try byte())", arguments: [])
    case "\u{83}": try opaque("extension \(try number(2))", arguments: [])
    case "\u{84}": try opaque("extension \(try number(4))", arguments: [])
    // What lies elsewhere: PERSID, BINPERSID.
    case "P": try opaque("persistent \(String(try line().prefix(40)))", arguments: [])
    case "Q": try storage(try pop())
    default:
      if try performContainer(operation) { return }
      if try performValue(operation) { return }
      throw malformed(
        "has an unknown instruction (byte \(operation) at \(position - 1)); it is no pickle, or needs "
          + "buffers from outside")
    }
  }

  /// Lists, tuples, dictionaries and sets; false for other instructions.
  private mutating func performContainer(_ operation: UInt8) throws(WeightsError) -> Bool {
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
    guard case .object(let place) = try top() else { throw malformed("adds to what is no list") }
    if case .list(var list) = objects[place] {
      // Out of the array while it grows, so that it is not copied.
      objects[place] = .list([])
      list += values
      objects[place] = .list(list)
    } else if case .opaque = objects[place] {
      return
    } else {
      throw malformed("adds to what is no list")
    }
  }

  /// Adds to the dictionary on the stack; what is added to an unknown object is dropped.
  private mutating func extend(withEntries entries: [Pickle.Entry]) throws(WeightsError) {
    guard case .object(let place) = try top() else {
      throw malformed("sets items of what is no dictionary")
    }
    if case .dictionary(var dictionary) = objects[place] {
      objects[place] = .dictionary([])
      dictionary += entries
      objects[place] = .dictionary(dictionary)
    } else if case .opaque = objects[place] {
      return
    } else {
      throw malformed("sets items of what is no dictionary")
    }
  }

  private func pairs(_ values: [Pickle.Value]) throws(WeightsError) -> [Pickle.Entry] {
    guard values.count.isMultiple(of: 2) else { throw malformed("has a key without a value") }
    return stride(from: 0, to: values.count, by: 2).map {
      Pickle.Entry(key: values[$0], value: values[$0 + 1])
    }
  }
}
