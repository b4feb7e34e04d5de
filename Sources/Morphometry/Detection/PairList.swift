/// Pairs with their costs, row by row.
package struct PairList: AssignmentGraph {
  package let rows: Int
  package let columns: Int
  /// Where the pairs of each row begin; one more than there are rows.
  private let starts: [Int]
  private let pairs: [(column: Int, cost: Double)]

  /// Pairs in order of their rows.
  package init(rows: Int, columns: Int, _ pairs: [(row: Int, column: Int, cost: Double)]) {
    self.rows = rows
    self.columns = columns
    var counts = [Int](repeating: 0, count: rows + 1)
    for pair in pairs { counts[pair.row + 1] += 1 }
    for row in 0..<rows { counts[row + 1] += counts[row] }
    starts = counts
    var sorted = pairs.map { (column: $0.column, cost: $0.cost) }
    for row in 0..<rows {
      sorted[starts[row]..<starts[row + 1]].sort { ($0.cost, $0.column) < ($1.cost, $1.column) }
    }
    self.pairs = sorted
  }

  package func forEachEdge(ofRow row: Int, _ body: (_ column: Int, _ cost: Double) -> Bool) {
    for pair in pairs[starts[row]..<starts[row + 1]] {
      if !body(pair.column, pair.cost) { return }
    }
  }
}
