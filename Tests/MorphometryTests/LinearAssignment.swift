/// The dense definition that sparse assignments are held to: pair rows with columns, each at most
/// once, at the least total cost.
///
/// The solver adds one row at a time along a shortest augmenting path, keeping dual prices, as in
/// Jonker and Volgenant, "A shortest augmenting path algorithm for dense and sparse linear
/// assignment problems", Computing 38 (1987), and Crouse, "On implementing 2D rectangular
/// assignment algorithms", IEEE Trans. Aerosp. Electron. Syst. 52 (2016).
enum LinearAssignment {
  /// The column of every row, nil for rows left over where there are more rows than columns.
  ///
  /// min(rows, columns) pairs are made, of the least Σ cost. Among assignments of equal cost the
  /// choice is fixed by the order of rows and columns.
  ///
  /// - Parameters:
  ///   - costs: `rows × columns` finite numbers, row by row.
  ///   - rows: the number of rows.
  ///   - columns: the number of columns.
  /// - Complexity: O(min² · max) time, O(rows · columns) space.
  static func solve(_ costs: [Double], rows: Int, columns: Int) -> [Int?] {
    precondition(rows >= 0 && columns >= 0, "counts are not negative: \(rows) × \(columns)")
    precondition(costs.count == rows * columns, "\(costs.count) costs are not \(rows) × \(columns)")
    precondition(costs.allSatisfy { $0.isFinite }, "costs are finite")
    if rows <= columns {
      return assignRows(costs, rows: rows, columns: columns).map(Optional.some)
    }
    var transposed = costs
    for row in 0..<rows {
      for column in 0..<columns { transposed[column * rows + row] = costs[row * columns + column] }
    }
    var columnOfRow = [Int?](repeating: nil, count: rows)
    for (column, row) in assignRows(transposed, rows: columns, columns: rows).enumerated() {
      columnOfRow[row] = column
    }
    return columnOfRow
  }

  /// The column of every row, for rows ≤ columns.
  private static func assignRows(_ costs: [Double], rows: Int, columns: Int) -> [Int] {
    var rowPrice = [Double](repeating: 0, count: rows)
    var columnPrice = [Double](repeating: 0, count: columns)
    var rowOfColumn = [Int](repeating: -1, count: columns)
    var columnOfRow = [Int](repeating: -1, count: rows)
    for newRow in 0..<rows {
      // Dijkstra over columns; reduced costs are never negative.
      var distance = [Double](repeating: .infinity, count: columns)
      var comesFrom = [Int](repeating: -1, count: columns)
      var isSettled = [Bool](repeating: false, count: columns)
      var (row, reached, sink) = (newRow, 0.0, -1)
      while sink < 0 {
        var nearest = -1
        for column in 0..<columns where !isSettled[column] {
          let reduced = costs[row * columns + column] - rowPrice[row] - columnPrice[column]
          if reached + reduced < distance[column] {
            distance[column] = reached + reduced
            comesFrom[column] = row
          }
          // Of equally near columns a free one ends the path at once.
          if nearest < 0 || distance[column] < distance[nearest]
            || distance[column] == distance[nearest] && rowOfColumn[column] < 0
              && rowOfColumn[nearest] >= 0
          {
            nearest = column
          }
        }
        reached = distance[nearest]
        isSettled[nearest] = true
        if rowOfColumn[nearest] < 0 { sink = nearest } else { row = rowOfColumn[nearest] }
      }
      // Prices move so that every pair on the tree costs nothing more.
      rowPrice[newRow] += reached
      for column in 0..<columns where isSettled[column] && column != sink {
        rowPrice[rowOfColumn[column]] += reached - distance[column]
        columnPrice[column] -= reached - distance[column]
      }
      // The path is turned over: each row on it takes the column that reached it.
      var column = sink
      while true {
        let owner = comesFrom[column]
        rowOfColumn[column] = owner
        (columnOfRow[owner], column) = (column, columnOfRow[owner])
        if owner == newRow { break }
      }
    }
    return columnOfRow
  }
}
