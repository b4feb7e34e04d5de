import Microscopy

/// Counts that need the neighbors of an object's voxels, taken from its runs alone; linear in the
/// runs.
///
/// Rows have keys that grow in scan order, with room for row −1 and row `height`, so that the key
/// of a neighboring row never is that of another one.
struct RunNeighborhood {
  /// Consecutive runs, which lie in one row.
  struct Row {
    let key: Int
    let runs: Range<Int>
  }

  let runs: ArraySlice<LabelRun>
  let rows: [Row]
  private let extent: Extent
  private let pitch: Int

  /// The columns of the volume.
  var width: Int { extent.width }

  init(_ runs: ArraySlice<LabelRun>, extent: Extent) {
    self.runs = runs
    self.extent = extent
    pitch = extent.height + 2
    var rows: [Row] = []
    var index = runs.startIndex
    while index < runs.endIndex {
      let (z, y) = (runs[index].z, runs[index].y)
      let first = index
      while index < runs.endIndex, runs[index].z == z, runs[index].y == y { index += 1 }
      rows.append(Row(key: Int(z) * pitch + Int(y) + 1, runs: first..<index))
    }
    self.rows = rows
  }

  /// For every row the index in ``rows`` of the row `z` planes and `y` rows further, −1 where the
  /// object has no voxel.
  func neighbors(z: Int, y: Int) -> [Int] {
    let offset = z * pitch + y
    var neighbor = 0
    return rows.map { row in
      while neighbor < rows.count, rows[neighbor].key < row.key + offset { neighbor += 1 }
      return neighbor < rows.count && rows[neighbor].key == row.key + offset ? neighbor : -1
    }
  }

  /// Whether the row `z` planes and `y` rows beside a row lies in the volume.
  func isInside(_ row: Row, z: Int, y: Int) -> Bool {
    let run = runs[row.runs.lowerBound]
    return (0..<extent.depth).contains(Int(run.z) + z)
      && (0..<extent.height).contains(Int(run.y) + y)
  }
}
