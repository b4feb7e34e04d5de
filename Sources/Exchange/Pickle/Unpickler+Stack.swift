import Compute
import Networks

/// The stack, the memo and the bytes of an `Unpickler`.
extension Unpickler {
  /// Pushes a new object.
  mutating func push(_ object: Pickle.Object) throws(WeightsError) {
    guard objects.count < Self.objectLimit else {
      throw failure(.unsupported, "has more than \(Self.objectLimit) objects")
    }
    objects.append(object)
    stack.append(.object(objects.count - 1))
  }

  /// The value on top of the stack.
  func top() throws(WeightsError) -> Pickle.Value {
    guard let value = stack.last, stack.count > marks.last ?? 0 else {
      throw malformed("takes more from the stack than there is")
    }
    return value
  }

  /// Takes the value on top of the stack.
  mutating func pop() throws(WeightsError) -> Pickle.Value {
    let value = try top()
    stack.removeLast()
    return value
  }

  /// Takes the values above the last mark.
  mutating func popMarked() throws(WeightsError) -> [Pickle.Value] {
    guard let mark = marks.popLast(), mark <= stack.count else {
      throw malformed("takes values up to a mark that is not there")
    }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  /// The elements of a tuple or a list.
  func elements(_ value: Pickle.Value) throws(WeightsError) -> [Pickle.Value] {
    if case .object(let index) = value {
      switch objects[index] {
      case .tuple(let values), .list(let values): return values
      default: break
      }
    }
    throw malformed("calls with arguments that are not a tuple")
  }

  /// Counts values that are copied, so that few bytes cannot ask for many copies.
  mutating func charge(_ count: Int) throws(WeightsError) {
    copied += count
    guard copied <= Self.valueLimit else {
      throw failure(.unsupported, "copies more than \(Self.valueLimit) values")
    }
  }

  /// Stores the top of the stack under a number.
  mutating func remember(_ key: Int) throws(WeightsError) {
    memo[key] = try top()
  }

  /// Pushes what was stored under a number.
  mutating func recall(_ key: Int) throws(WeightsError) {
    guard let value = memo[key] else { throw malformed("recalls value \(key), never stored") }
    stack.append(value)
  }

  /// The next byte.
  mutating func byte() throws(WeightsError) -> UInt8 {
    guard position < bytes.count else {
      throw failure(.truncated, "ends after \(bytes.count.counted("byte")), before it says so")
    }
    position += 1
    return bytes[position - 1]
  }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws(WeightsError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - position else {
      throw failure(
        .truncated,
        "claims \(count.counted("byte")) at \(position), but \(bytes.count - position) follow")
    }
    position += count
    return bytes[position - count..<position]
  }

  /// The next `count` bytes as a number without sign, the lowest byte first; at most 2⁶³ − 1.
  mutating func number(_ count: Int) throws(WeightsError) -> Int {
    let value = try take(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let number = Int(exactly: value) else { throw malformed("claims a length above 2⁶³") }
    return number
  }

  /// The text up to the end of the line.
  mutating func line() throws(WeightsError) -> String {
    guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
      throw failure(.truncated, "ends within a line")
    }
    defer { position = end + 1 }
    return String(decoding: bytes[position..<end], as: UTF8.self)
  }

  /// A line that is a number.
  mutating func textNumber() throws(WeightsError) -> Int {
    let text = try line()
    guard let number = Int(text) else {
      throw malformed("has \(String(text.prefix(20)).debugDescription) where a number belongs")
    }
    return number
  }

  /// An error about a damaged pickle.
  func malformed(_ problem: String) -> WeightsError { failure(.malformed, problem) }

  /// An error about this pickle.
  func failure(_ kind: WeightsError.Kind, _ problem: String) -> WeightsError {
    WeightsError(kind, file: file, "the pickle \(problem)")
  }
}
