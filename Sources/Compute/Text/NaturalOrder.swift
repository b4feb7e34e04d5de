/// The order people expect of names: runs of digits compare as numbers, so `t10` follows `t2`.
package enum NaturalOrder {
  /// Whether `a` comes before `b`; names that differ only in leading zeros compare as text.
  package static func precedes(_ a: String, _ b: String) -> Bool {
    let x = Array(a.unicodeScalars)
    let y = Array(b.unicodeScalars)
    var i = 0
    var j = 0
    while i < x.count, j < y.count {
      if isDigit(x[i]), isDigit(y[j]) {
        let first = number(x, &i)
        let second = number(y, &j)
        if first.count != second.count { return first.count < second.count }
        if first != second { return first.lexicographicallyPrecedes(second) }
      } else {
        if x[i] != y[j] { return x[i].value < y[j].value }
        i += 1
        j += 1
      }
    }
    if x.count - i != y.count - j { return x.count - i < y.count - j }
    return a < b
  }

  /// The names in this order.
  package static func sorted(_ names: some Sequence<String>) -> [String] {
    names.sorted(by: precedes)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    ("0"..."9").contains(scalar)
  }

  /// The digits of the run at `index` without leading zeros; `index` moves behind the run.
  private static func number(_ scalars: [Unicode.Scalar], _ index: inout Int) -> [UInt32] {
    var digits: [UInt32] = []
    while index < scalars.count, isDigit(scalars[index]) {
      if !digits.isEmpty || scalars[index] != "0" { digits.append(scalars[index].value) }
      index += 1
    }
    return digits
  }
}
