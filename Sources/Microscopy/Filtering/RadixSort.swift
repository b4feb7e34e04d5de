extension Float {
  /// An integer that orders as the number does: −∞ … −0 = 0 … ∞, and NaN after all.
  var orderedBits: UInt32 {
    if isNaN { return .max }
    // Adding 0 makes −0 a 0.
    let bits = (self + 0).bitPattern
    return bits >> 31 == 0 ? bits | 1 << 31 : ~bits
  }

  /// The number with these ``orderedBits``.
  init(orderedBits bits: UInt32) {
    self.init(bitPattern: bits >> 31 == 1 ? bits & ~(1 << 31) : ~bits)
  }
}

/// An integer that is sorted by 32 of its bits.
protocol RadixSortable: BitwiseCopyable {
  var radixKey: UInt32 { get }
}

extension UInt32: RadixSortable {
  var radixKey: UInt32 { self }
}

/// Sorted by the upper half; the lower half comes along.
extension UInt64: RadixSortable {
  var radixKey: UInt32 { UInt32(truncatingIfNeeded: self >> 32) }
}

extension Array where Element: RadixSortable {
  /// Sorts by the keys; elements of equal keys keep their order. Linear time.
  @_specialize(where Element == UInt32)
  @_specialize(where Element == UInt64)
  mutating func radixSort() {
    // Three digits of 11, 11 and 10 bits, all counted in one pass.
    let size = 1 << RadixDigit.bits
    var counts = [Int](repeating: 0, count: 3 * size)
    for item in self {
      for digit in 0..<3 { counts[RadixDigit.slot(digit, of: item.radixKey)] += 1 }
    }
    var items = self
    var other = self
    for digit in 0..<3 {
      let range = digit * size..<(digit + 1) * size
      if counts[range].contains(count) { continue }
      var total = 0
      for i in range { (counts[i], total) = (total, total + counts[i]) }
      items.scatter(by: digit, to: &counts, in: &other)
      swap(&items, &other)
    }
    self = items
  }

  /// Puts every item at the next position of its digit.
  @_specialize(where Element == UInt32)
  @_specialize(where Element == UInt64)
  private func scatter(by digit: Int, to positions: inout [Int], in target: inout [Element]) {
    let source = span
    var positions = positions.mutableSpan
    var target = target.mutableSpan
    for i in source.indices {
      let slot = RadixDigit.slot(digit, of: source[i].radixKey)
      target[positions[slot]] = source[i]
      positions[slot] += 1
    }
  }
}

private enum RadixDigit {
  static let bits: UInt32 = 11

  /// The position of a key's digit among the counts of all three digits.
  static func slot(_ digit: Int, of key: UInt32) -> Int {
    digit << 11 | Int((key >> (UInt32(digit) * bits)) & (1 << bits - 1))
  }
}
