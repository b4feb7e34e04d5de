import Compute

/// A forest that joins the runs of a mask that touch.
package struct RunForest {
  private let mask: MaskRuns
  /// The parent of each run, itself for roots. Roots are always the earliest run of their tree.
  private var parents: [Int32]

  private var extent: Extent { mask.extent }
  private var runs: [MaskRuns.Run] { mask.runs }

  /// Trees of one run each.
  package init(_ mask: MaskRuns) {
    precondition(mask.runs.count < Int32.max, "a mask of \(mask.runs.count) runs is too large")
    self.mask = mask
    parents = (0..<Int32(mask.runs.count)).map { $0 }
  }

  /// Joins every run with those that it touches in the rows before its own.
  package mutating func join(_ connectivity: Connectivity, acrossPlanes: Bool = true) {
    // Rows before (dz, dy), and how far beyond a run's ends a voxel there still touches it.
    let before: [(dz: Int, dy: Int, reach: Int32)] =
      switch connectivity {
      case .faces: [(0, -1, 0), (-1, 0, 0)]
      case .edges: [(0, -1, 1), (-1, -1, 0), (-1, 0, 1), (-1, 1, 0)]
      case .corners: [(0, -1, 1), (-1, -1, 1), (-1, 0, 1), (-1, 1, 1)]
      }
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for (dz, dy, reach) in before
        where z + dz >= 0 && (0..<extent.height).contains(y + dy) && (acrossPlanes || dz == 0) {
          join(z * extent.height + y, (z + dz) * extent.height + y + dy, reach: reach)
        }
      }
    }
  }

  /// Joins the touching runs of two rows, walking along both at once.
  private mutating func join(_ row: Int, _ other: Int, reach: Int32) {
    let (own, others) = (mask.runs(ofRow: row), mask.runs(ofRow: other))
    var (a, b) = (own.lowerBound, others.lowerBound)
    let (endA, endB) = (own.upperBound, others.upperBound)
    while a < endA, b < endB {
      uniteIfTouching(a, b, reach: reach)
      // The run that ends first touches nothing more; between two runs of a row lies a gap.
      if runs[a].last < runs[b].last { a += 1 } else { b += 1 }
    }
  }

  private mutating func uniteIfTouching(_ a: Int, _ b: Int, reach: Int32) {
    let (runA, runB) = (runs[a], runs[b])
    guard runA.first <= runB.last + reach, runB.first <= runA.last + reach else { return }
    let (rootA, rootB) = (root(a), root(b))
    if rootA < rootB {
      parents[rootB] = Int32(rootA)
    } else {
      parents[rootA] = Int32(rootB)
    }
  }

  private mutating func root(_ run: Int) -> Int {
    var run = run
    while Int(parents[run]) != run {
      // Path halving keeps trees flat.
      parents[run] = parents[Int(parents[run])]
      run = Int(parents[run])
    }
    return run
  }

  /// The root of every run: the earliest run of its component.
  private mutating func roots() -> [Int32] {
    // A parent is never later than its run, so its own root is known already.
    for run in parents.indices { parents[run] = parents[Int(parents[run])] }
    return parents
  }

  /// The numbers of the components, from 1 in the order of their first voxels, for every run.
  package mutating func componentNumbers() -> (ofRun: [UInt32], count: Int) {
    var numbers = [UInt32](repeating: 0, count: runs.count)
    var count = 0
    for (run, root) in roots().enumerated() {
      if root == run { count += 1 }
      numbers[run] = root == run ? UInt32(count) : numbers[Int(root)]
    }
    return (numbers, count)
  }

  /// A volume of 0 but for the runs, each of which has its value in `values`.
  func volume(_ values: [UInt32]) -> [UInt32] {
    let rowsPerPiece = max(1, (1 << 16) / max(1, extent.width))
    return [UInt32](count: extent.count, pieces: rowsPerPiece * extent.width) { range, piece in
      piece.update(repeating: 0)
      for row in range.lowerBound / extent.width..<range.upperBound / extent.width {
        let base = row * extent.width - range.lowerBound
        for run in mask.runs(ofRow: row) where values[run] != 0 {
          let value = values[run]
          for x in base + Int(runs[run].first)...base + Int(runs[run].last) { piece[x] = value }
        }
      }
    }
  }

  /// Whether each run belongs to a component that does not reach the border of the volume, or, with
  /// `perPlane`, that of its plane.
  mutating func areEnclosed(perPlane: Bool) -> [Bool] {
    let roots = roots()
    var isOpen = [Bool](repeating: false, count: runs.count)
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        let row = z * extent.height + y
        let isBorder =
          y == 0 || y == extent.height - 1 || !perPlane && (z == 0 || z == extent.depth - 1)
        for run in mask.runs(ofRow: row)
        where isBorder || runs[run].first == 0 || Int(runs[run].last) == extent.width - 1 {
          isOpen[Int(roots[run])] = true
        }
      }
    }
    return roots.map { !isOpen[Int($0)] }
  }
}
