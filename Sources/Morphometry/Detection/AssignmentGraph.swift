/// Which rows and columns may be paired, and at what cost.
package protocol AssignmentGraph {
  /// The number of rows.
  var rows: Int { get }
  /// The number of columns.
  var columns: Int { get }
  /// Calls `body` with the columns that a row may be paired with and the finite costs, each once.
  ///
  /// If costs ascend it may end when `body` returns false.
  func forEachEdge(ofRow row: Int, _ body: (_ column: Int, _ cost: Double) -> Bool)
}
