import Foundation
import Networks

/// Reads pickles of protocols 0 to 5 without running them.
///
/// A pickle is a program for a stack machine that may import any function of Python and call it.
/// This reader carries out what makes plain values, lists, tuples and dictionaries. Of calls it
/// knows those that PyTorch makes a tensor with; any other call makes a `Pickle.Opaque` and
/// nothing more. Memory is bounded: a few dozen bytes for every byte of the pickle, of which at
/// most ``sizeLimit`` are read.
///
/// The format is that of Python's `pickletools`, the calls those of PyTorch's `torch/_utils.py`.
package struct Unpickler {
  /// The largest pickle that is read; the one of a state dict takes 100 bytes a tensor.
  package static let sizeLimit = 16 << 20
  /// The limit of objects in a pickle.
  static let objectLimit = 500_000
  /// The limit of instructions, of values on the stack and in the memo, and of values copied by
  /// calls.
  static let valueLimit = 2_000_000

  /// Reads a pickle; `file` stands for it in messages.
  ///
  /// - Throws: `WeightsError` where it is damaged, or larger than the limits.
  package static func read(_ bytes: Data, file: String) throws(WeightsError) -> Pickle {
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
    default:
      if try performCall(operation) { return }
      if try performContainer(operation) { return }
      if try performValue(operation) { return }
      throw malformed(
        "has an unknown instruction (byte \(operation) at \(position - 1)); it is not a pickle, or needs "
          + "buffers from outside")
    }
  }
}
