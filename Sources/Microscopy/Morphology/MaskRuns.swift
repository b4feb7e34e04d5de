import Compute

/// A mask as the runs of its voxels in every row: a few bytes for each run, however long.
package struct MaskRuns: Sendable {
  /// Voxels `first...last` of a row.
  package struct Run: Hashable, Sendable {
    package var first: Int32
    package var last: Int32
  }

  /// The extents of the mask.
  package let extent: Extent
  /// The edge lengths of a voxel in µm, nil if unknown.
  package var voxelSize: VoxelSize?
  /// The runs in scan order.
  package private(set) var runs: [Run] = []
  /// The first run of each row (z · height + y); one more entry for the end.
  private var starts: [Int] = [0]

  /// The runs of a mask.
  package init(where mask: Volume<Bool>) {
    self.init(planesOf: mask.extent, voxelSize: mask.voxelSize)
    append(mask)
  }

  /// A mask of these extents whose planes are appended.
  ///
  /// - Parameter limit: The runs for which addresses are set aside; memory is taken as they come.
  package init(planesOf extent: Extent, voxelSize: VoxelSize? = nil, limit: Int = 0) {
    self.extent = extent
    self.voxelSize = voxelSize
    starts.reserveCapacity(extent.depth * extent.height + 1)
    runs.reserveCapacity(limit)
  }

  /// The runs of row (z · height + y), as indices of ``runs``.
  func runs(ofRow row: Int) -> Range<Int> { starts[row]..<starts[row + 1] }

  /// The row (z · height + y) of a run, which is not before row `from`.
  package func row(ofRun index: Int, from row: Int = 0) -> Int {
    let rows = starts.count - 1
    // The row is mostly near: steps that double, then halves.
    var (low, step) = (row, 1)
    while low + step < rows, starts[low + step] <= index { (low, step) = (low + step, 2 * step) }
    var high = min(rows, low + step)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= index { low = middle } else { high = middle }
    }
    return low
  }

  /// Appends the next planes.
  package mutating func append(_ planes: Volume<Bool>) {
    let voxels = planes.voxels
    let rows = planes.extent.depth * extent.height
    let width = extent.width
    let rowsPerJob = max(1, (1 << 16) / max(1, width))
    let parts = Parallel.map(rows.parts(of: rowsPerJob)) { job in
      var runs: [Run] = []
      var ends: [Int] = []
      for row in job * rowsPerJob..<min(rows, (job + 1) * rowsPerJob) {
        voxels.span.appendRuns(in: row * width..<(row + 1) * width, to: &runs)
        ends.append(runs.count)
      }
      return (runs: runs, ends: ends)
    }
    for part in parts {
      starts.append(contentsOf: part.ends.lazy.map { [count = runs.count] in $0 + count })
      runs.append(contentsOf: part.runs)
    }
  }

  /// Fills the holes, as ``Volume/fillingHoles(perPlane:)`` does it: the runs on either side of a
  /// piece of a hole become one. Takes 5 bytes for each run and row meanwhile.
  package mutating func fillHoles() {
    let isOpen = isOpen()
    var (kept, first) = (0, 0)
    for row in 0..<starts.count - 1 {
      let end = starts[row + 1]
      for index in first..<end {
        if index > first, !isOpen[index + row] {
          runs[kept - 1].last = runs[index].last
        } else {
          runs[kept] = runs[index]
          kept += 1
        }
      }
      first = end
      starts[row + 1] = kept
    }
    runs.removeLast(runs.count - kept)
  }

  /// Whether each gap reaches the border of the volume, or with `perPlane` that of its plane, through
  /// gaps that touch it. Run `index` in row `row` lies behind gap `index + row`.
  func isOpen(perPlane: Bool = false) -> [Bool] {
    var forest = RunForest(self, of: .gaps)
    forest.join(.faces, acrossPlanes: !perPlane)
    return forest.isOpen(perPlane: perPlane)
  }

  /// The connected components, numbered from 1 in the order of their first voxels, for every run.
  package func components(_ connectivity: Connectivity) -> (ofRun: [UInt32], count: Int) {
    var forest = RunForest(self, of: .runs)
    forest.join(connectivity)
    let numbers = forest.takeNumbers()
    return (numbers.ofPiece, numbers.count)
  }

  /// The run that holds a voxel, as an index of ``runs``; nil in the background.
  package func run(at voxel: VoxelIndex) -> Int? {
    let range = runs(ofRow: voxel.z * extent.height + voxel.y)
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].last < Int32(voxel.x) { low = middle + 1 } else { high = middle }
    }
    return low < range.upperBound && runs[low].first <= Int32(voxel.x) ? low : nil
  }

  /// Calls `body` with every run in scan order and where it lies.
  package func forEachRun(_ body: (_ index: Int, _ z: Int, _ y: Int, _ run: Run) -> Void) {
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for index in runs(ofRow: z * extent.height + y) { body(index, z, y, runs[index]) }
      }
    }
  }
}

extension MaskRuns {
  /// The mask in a box that is as wide as the volume, of the runs that are wanted.
  package func mask(
    planes: Range<Int>, rows: Range<Int>, where isWanted: @Sendable (_ run: Int) -> Bool
  ) -> Volume<Bool> {
    let size = Extent(depth: planes.count, height: rows.count, width: extent.width)
    let rowsPerPiece = max(1, (1 << 16) / max(1, extent.width))
    let voxels = [Bool](count: size.count, pieces: rowsPerPiece * extent.width) { range, piece in
      piece.update(repeating: false)
      let first = range.lowerBound / extent.width
      for row in first..<first + range.count / extent.width {
        let (z, y) = (planes.lowerBound + row / rows.count, rows.lowerBound + row % rows.count)
        let base = (row - first) * extent.width
        for index in runs(ofRow: z * extent.height + y) where isWanted(index) {
          for x in base + Int(runs[index].first)...base + Int(runs[index].last) { piece[x] = true }
        }
      }
    }
    return Volume(voxels, extent: size, voxelSize: voxelSize)
  }

  /// A volume of 0 but for the runs, each of which has its value in `values`.
  func volume(_ values: [UInt32]) -> [UInt32] {
    let rowsPerPiece = max(1, (1 << 16) / max(1, extent.width))
    return [UInt32](count: extent.count, pieces: rowsPerPiece * extent.width) { range, piece in
      piece.update(repeating: 0)
      for row in range.lowerBound / extent.width..<range.upperBound / extent.width {
        let base = row * extent.width - range.lowerBound
        for run in runs(ofRow: row) where values[run] != 0 {
          let value = values[run]
          for x in base + Int(runs[run].first)...base + Int(runs[run].last) { piece[x] = value }
        }
      }
    }
  }
}

extension MaskRuns: PlaneSource {
  package func planes(_ range: Range<Int>) -> Volume<Bool> {
    mask(planes: range, rows: 0..<extent.height) { _ in true }
  }
}

extension Span<Bool> {
  /// Appends the runs of true voxels in a row.
  fileprivate func appendRuns(in row: Range<Int>, to runs: inout [MaskRuns.Run]) {
    let voxels = extracting(row)
    var x = 0
    while x < voxels.count {
      // Eight voxels at once where none is in the mask.
      while x + 8 <= voxels.count, voxels.areAll(false, from: x) { x += 8 }
      while x < voxels.count, unsafe !voxels[unchecked: x] { x += 1 }
      if x == voxels.count { return }
      let first = x
      while x + 8 <= voxels.count, voxels.areAll(true, from: x) { x += 8 }
      while x < voxels.count, unsafe voxels[unchecked: x] { x += 1 }
      runs.append(MaskRuns.Run(first: Int32(first), last: Int32(x - 1)))
    }
  }

  /// Whether the eight elements from `x` on all have this value.
  private func areAll(_ value: Bool, from x: Int) -> Bool {
    let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: x, as: UInt64.self)
    return word == (value ? 0x0101_0101_0101_0101 : 0)
  }
}
