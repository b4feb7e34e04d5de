import Compute

/// The runs of voxels of one kind in every row of a volume, and a forest that joins touching ones.
struct RunForest {
  /// Voxels `first...last` of a row.
  struct Run {
    var first: Int32
    var last: Int32
  }

  let extent: Extent
  private(set) var runs: [Run]
  /// The first run of each row (z · height + y); one more entry for the end.
  private var starts: [Int]
  /// The parent of each run, itself for roots. Roots are always the earliest run of their tree.
  private var parents: [Int]

  /// The runs where the mask is `value`.
  init(where mask: Volume<Bool>, is value: Bool) {
    let voxels = mask.voxels
    self.init(extent: mask.extent) { voxels.span.appendRuns(of: value, in: $0, to: &$1) }
  }

  /// Collects runs from row after row; `append` gets the voxels of a row.
  private init(
    extent: Extent, _ append: @Sendable (_ row: Range<Int>, _ runs: inout [Run]) -> Void
  ) {
    self.extent = extent
    let rows = extent.depth * extent.height
    let rowsPerJob = max(1, (1 << 16) / max(1, extent.width))
    let parts = Parallel.map(rows.parts(of: rowsPerJob)) { job in
      var runs: [Run] = []
      var ends: [Int] = []
      for row in job * rowsPerJob..<min(rows, (job + 1) * rowsPerJob) {
        append(row * extent.width..<(row + 1) * extent.width, &runs)
        ends.append(runs.count)
      }
      return (runs: runs, ends: ends)
    }
    runs = []
    runs.reserveCapacity(parts.reduce(0) { $0 + $1.runs.count })
    starts = [0]
    starts.reserveCapacity(rows + 1)
    for part in parts {
      starts.append(contentsOf: part.ends.lazy.map { [runs] in $0 + runs.count })
      runs.append(contentsOf: part.runs)
    }
    parents = Array(runs.indices)
  }

  /// Joins every run with those that it touches in the rows before its own.
  mutating func join(_ connectivity: Connectivity, acrossPlanes: Bool = true) {
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
    var (a, b) = (starts[row], starts[other])
    let (endA, endB) = (starts[row + 1], starts[other + 1])
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
    if rootA < rootB { parents[rootB] = rootA } else { parents[rootA] = rootB }
  }

  private mutating func root(_ run: Int) -> Int {
    var run = run
    while parents[run] != run {
      // Path halving keeps trees flat.
      parents[run] = parents[parents[run]]
      run = parents[run]
    }
    return run
  }

  /// The root of every run: the earliest run of its component.
  mutating func roots() -> [Int] {
    // A parent is never later than its run, so its own root is known already.
    for run in runs.indices { parents[run] = parents[parents[run]] }
    return parents
  }

  /// The numbers of the components, from 1 in the order of their first voxels, for every run.
  mutating func componentNumbers() -> (ofRun: [UInt32], count: Int) {
    var numbers = [UInt32](repeating: 0, count: runs.count)
    var count = 0
    for (run, root) in roots().enumerated() {
      if root == run { count += 1 }
      numbers[run] = root == run ? UInt32(count) : numbers[root]
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
        for run in starts[row]..<starts[row + 1] where values[run] != 0 {
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
        for run in starts[row]..<starts[row + 1]
        where isBorder || runs[run].first == 0 || Int(runs[run].last) == extent.width - 1 {
          isOpen[roots[run]] = true
        }
      }
    }
    return roots.map { !isOpen[$0] }
  }

  /// The offsets of the voxels of every run, in scan order.
  func forEachRange(_ body: (_ run: Int, _ voxels: Range<Int>) -> Void) {
    for row in 0..<starts.count - 1 {
      let base = row * extent.width
      for run in starts[row]..<starts[row + 1] {
        body(run, base + Int(runs[run].first)..<base + Int(runs[run].last) + 1)
      }
    }
  }
}

extension Span<Bool> {
  /// Appends the runs of `value` in a row.
  fileprivate func appendRuns(of value: Bool, in row: Range<Int>, to runs: inout [RunForest.Run]) {
    let voxels = extracting(row)
    var x = 0
    while x < voxels.count {
      // Eight voxels at once where none is of this value.
      while x + 8 <= voxels.count, voxels.areAll(!value, from: x) { x += 8 }
      while x < voxels.count, unsafe voxels[unchecked: x] != value { x += 1 }
      if x == voxels.count { return }
      let first = x
      while x + 8 <= voxels.count, voxels.areAll(value, from: x) { x += 8 }
      while x < voxels.count, unsafe voxels[unchecked: x] == value { x += 1 }
      runs.append(RunForest.Run(first: Int32(first), last: Int32(x - 1)))
    }
  }

  /// Whether the eight elements from `x` on all have this value.
  private func areAll(_ value: Bool, from x: Int) -> Bool {
    let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: x, as: UInt64.self)
    return word == (value ? 0x0101_0101_0101_0101 : 0)
  }
}
