/// Finds the name that a misspelt one means.
package enum NearestName {
  /// The number of insertions, deletions, replacements and swaps of neighbors that turn `a` into
  /// `b` (optimal string alignment).
  package static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.lowercased())
    let b = Array(b.lowercased())
    var rows = [Array(0...b.count)]
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var cost = min(
          row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, rows[i - 1][j - 1] + 1)
        }
        row.append(cost)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }

  /// The nearest of `names` if it is near enough to be a typing error, else nil.
  package static func suggestion(for name: String, among names: [String]) -> String? {
    let ranked = names.map { (distance(name, $0), $0) }.sorted { $0 < $1 }
    guard let (distance, nearest) = ranked.first else { return nil }
    if distance <= max(2, nearest.count / 3) { return nearest }
    return names.first {
      name.count >= 3 && ($0.hasPrefix(name) || name.hasPrefix($0))
    }
  }
}
