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

extension [UInt64] {
  /// Sorts by the upper 32 bits; what is equal there keeps its order. Linear time.
  mutating func radixSortByUpperHalf() {
    // Three digits of 11, 11 and 10 bits, all counted in one pass.
    let size = 1 << Self.digitBits
    var counts = Array<[Int]>(repeating: [Int](repeating: 0, count: size), count: 3)
    for item in self {
      counts[0][Self.digit(0, of: item)] += 1
      counts[1][Self.digit(1, of: item)] += 1
      counts[2][Self.digit(2, of: item)] += 1
    }
    var items = self
    var other = self
    for digit in 0..<3 where !counts[digit].contains(count) {
      var places = counts[digit]
      var place = 0
      for i in 0..<size {
        places[i] = place
        place += counts[digit][i]
      }
      items.scatter(by: digit, to: &places, in: &other)
      swap(&items, &other)
    }
    self = items
  }

  private static var digitBits: UInt64 { 11 }

  private static func digit(_ digit: Int, of item: UInt64) -> Int {
    Int((item >> (32 + UInt64(digit) * digitBits)) & (1 << digitBits - 1))
  }

  /// Puts every item at the next place of its digit.
  private func scatter(by digit: Int, to places: inout [Int], in target: inout [UInt64]) {
    let source = span
    var target = target.mutableSpan
    for i in source.indices {
      let slot = Self.digit(digit, of: source[i])
      target[places[slot]] = source[i]
      places[slot] += 1
    }
  }
}

extension [Float] {
  /// The numbers in ascending order, −0 as 0. Linear time.
  func radixSorted() -> [Float] {
    var items = map { UInt64($0.orderedBits) << 32 }
    items.radixSortByUpperHalf()
    return items.map { Float(orderedBits: UInt32(truncatingIfNeeded: $0 >> 32)) }
  }
}
