/// The sparse linear assignment problem: pair rows with columns, each at most once, or leave rows
/// out at a price, at the least total cost.
///
/// The solver adds one row at a time along a shortest augmenting path, keeping dual prices, as in
/// Jonker and Volgenant, "A shortest augmenting path algorithm for dense and sparse linear
/// assignment problems", Computing 38 (1987). The path is found by Dijkstra's search with a heap,
/// and ends in a free column or with a row that is left out. Memory grows with rows and columns,
/// not with their product.
package struct SparseAssignment {
  /// The column of every row; nil for rows left out.
  package private(set) var columnOfRow: [Int?]

  private var rowPrice: [Double]
  private var columnPrice: [Double]
  private var rowOfColumn: [Int]
  /// The distance of columns in the search at hand, and the row they were reached from.
  private var distance: [Double]
  private var comesFrom: [Int]
  private var isSettled: [Bool]
  private var reached: [Int] = []
  private var settled: [Int] = []
  private var heap = ColumnHeap()

  /// Solves a problem in which a row may stay alone at the cost `alone`.
  package init(_ graph: some AssignmentGraph, alone: Double) {
    columnOfRow = Array(repeating: nil, count: graph.rows)
    rowPrice = Array(repeating: 0, count: graph.rows)
    columnPrice = Array(repeating: 0, count: graph.columns)
    rowOfColumn = Array(repeating: -1, count: graph.columns)
    distance = Array(repeating: .infinity, count: graph.columns)
    comesFrom = Array(repeating: -1, count: graph.columns)
    isSettled = Array(repeating: false, count: graph.columns)
    for row in 0..<graph.rows { add(row, graph, alone: alone) }
  }

  /// Where a search ended.
  private enum End {
    /// At a free column.
    case column(Int)
    /// With this row, which is left out.
    case row(Int)
  }

  private mutating func add(_ newRow: Int, _ graph: some AssignmentGraph, alone: Double) {
    var end = End.row(newRow)
    var limit = alone - rowPrice[newRow]
    visit(newRow, at: 0, graph, limit: limit)
    while let (near, column) = heap.pop() {
      if near >= limit { break }
      if isSettled[column] || near > distance[column] { continue }
      let row = rowOfColumn[column]
      if row < 0 {
        (end, limit) = (.column(column), near)
        break
      }
      isSettled[column] = true
      settled.append(column)
      if near + alone - rowPrice[row] < limit {
        (end, limit) = (.row(row), near + alone - rowPrice[row])
      }
      visit(row, at: near, graph, limit: limit)
    }
    // Prices move so that every pair on the tree costs nothing more.
    rowPrice[newRow] += limit
    for column in settled where distance[column] < limit {
      rowPrice[rowOfColumn[column]] += limit - distance[column]
      columnPrice[column] -= limit - distance[column]
    }
    turn(to: end, from: newRow)
    for column in reached {
      distance[column] = .infinity
      isSettled[column] = false
    }
    reached.removeAll(keepingCapacity: true)
    settled.removeAll(keepingCapacity: true)
    heap.removeAll()
  }

  /// Reaches the columns of a row that lies at a distance.
  private mutating func visit(
    _ row: Int, at start: Double, _ graph: some AssignmentGraph, limit: Double
  ) {
    let base = start - rowPrice[row]
    graph.forEachEdge(ofRow: row) { column, cost in
      // Prices of columns are never positive, so later columns are no nearer than this.
      if base + cost >= limit { return false }
      let next = base + cost - columnPrice[column]
      if next < limit, next < distance[column], !isSettled[column] {
        if distance[column] == .infinity { reached.append(column) }
        distance[column] = next
        comesFrom[column] = row
        heap.push(next, column, isFree: rowOfColumn[column] < 0)
      }
      return true
    }
  }

  /// Turns the path over: each row on it takes the column that it reached.
  private mutating func turn(to end: End, from newRow: Int) {
    var column: Int
    switch end {
    case .column(let free): column = free
    case .row(let row):
      guard let own = columnOfRow[row] else { return }
      columnOfRow[row] = nil
      column = own
    }
    while true {
      let owner = comesFrom[column]
      let next = columnOfRow[owner]
      rowOfColumn[column] = owner
      columnOfRow[owner] = column
      guard owner != newRow, let next else { return }
      column = next
    }
  }
}

/// Columns by their distance; of equally near ones free columns first, then by number.
private struct ColumnHeap {
  private struct Entry {
    var distance: Double
    var isFree: Bool
    var column: Int

    static func < (a: Entry, b: Entry) -> Bool {
      if a.distance != b.distance { return a.distance < b.distance }
      if a.isFree != b.isFree { return a.isFree }
      return a.column < b.column
    }
  }

  private var entries: [Entry] = []

  mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

  mutating func push(_ distance: Double, _ column: Int, isFree: Bool) {
    entries.append(Entry(distance: distance, isFree: isFree, column: column))
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child] < entries[parent] else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> (distance: Double, column: Int)? {
    guard let first = entries.first, let last = entries.popLast() else { return nil }
    if !entries.isEmpty {
      entries[0] = last
      var parent = 0
      while true {
        var least = parent
        for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
          if entries[child] < entries[least] { least = child }
        }
        if least == parent { break }
        entries.swapAt(parent, least)
        parent = least
      }
    }
    return (first.distance, first.column)
  }
}
