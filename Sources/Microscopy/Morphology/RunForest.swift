/// The runs of voxels of one kind in every row of a volume, and a forest that joins touching ones.
struct RunForest {
  /// Voxels `first...last` of a row.
  struct Run {
    var first: Int
    var last: Int
  }

  let extent: Extent
  private var runs: [Run] = []
  /// The first run of each row (z, y); one more entry for the end.
  private var starts: [Int] = []
  /// The parent of each run, itself for roots. Roots are always the earliest run of their tree.
  private var parents: [Int] = []

  /// The runs where the mask is `value`.
  init(where mask: Volume<Bool>, is value: Bool) {
    extent = mask.extent
    starts.reserveCapacity(extent.depth * extent.height + 1)
    let voxels = mask.voxels.span
    for row in 0..<extent.depth * extent.height {
      starts.append(runs.count)
      let base = row * extent.width
      var x = 0
      while x < extent.width {
        if voxels[base + x] == value {
          let first = x
          while x < extent.width, voxels[base + x] == value { x += 1 }
          runs.append(Run(first: first, last: x - 1))
        }
        x += 1
      }
    }
    starts.append(runs.count)
    parents = Array(runs.indices)
  }

  /// Joins every run with those it touches in the rows before its own.
  mutating func join(_ connectivity: Connectivity, acrossPlanes: Bool = true) {
    // Rows before (dz, dy), and how far beyond a run's ends a voxel there still touches it.
    let before: [(dz: Int, dy: Int, reach: Int)] =
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
  private mutating func join(_ row: Int, _ other: Int, reach: Int) {
    var (a, b) = (starts[row], starts[other])
    while a < starts[row + 1], b < starts[other + 1] {
      if runs[a].first <= runs[b].last + reach, runs[b].first <= runs[a].last + reach {
        unite(a, b)
      }
      // The other row's next run begins at least two voxels after this one's end: the run that ends
      // first touches nothing more, and on a tie neither does.
      if runs[a].last < runs[b].last { a += 1 } else { b += 1 }
    }
  }

  private mutating func unite(_ a: Int, _ b: Int) {
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

  /// The label of every voxel.
  mutating func labels() -> [UInt32] {
    var labels = [UInt32](repeating: 0, count: extent.count)
    var ofRun = [UInt32](repeating: 0, count: runs.count)
    var count: UInt32 = 0
    for row in 0..<starts.count - 1 {
      for run in starts[row]..<starts[row + 1] {
        let root = root(run)
        // A root is the earliest run of its component, so labels follow the order of first voxels.
        if root == run {
          count += 1
          ofRun[run] = count
        } else {
          ofRun[run] = ofRun[root]
        }
        for x in runs[run].first...runs[run].last { labels[row * extent.width + x] = ofRun[run] }
      }
    }
    return labels
  }

  /// Calls `body` with the voxels of every run whose tree does not reach the border of the volume, or
  /// that of its plane.
  mutating func forEachEnclosedRun(perPlane: Bool, _ body: (Range<Int>) -> Void) {
    var isOpen = [Bool](repeating: false, count: runs.count)
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        let row = z * extent.height + y
        let isBorder =
          y == 0 || y == extent.height - 1 || !perPlane && (z == 0 || z == extent.depth - 1)
        for run in starts[row]..<starts[row + 1]
        where isBorder || runs[run].first == 0 || runs[run].last == extent.width - 1 {
          isOpen[root(run)] = true
        }
      }
    }
    for row in 0..<starts.count - 1 {
      for run in starts[row]..<starts[row + 1] where !isOpen[root(run)] {
        body(row * extent.width + runs[run].first..<row * extent.width + runs[run].last + 1)
      }
    }
  }
}
