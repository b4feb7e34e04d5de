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

  /// The runs where the mask is `value`.
  package init(where mask: Volume<Bool>, is value: Bool = true) {
    self.init(planesOf: mask.extent, voxelSize: mask.voxelSize)
    append(mask, is: value)
  }

  /// A mask of these extents whose planes are appended.
  package init(planesOf extent: Extent, voxelSize: VoxelSize? = nil) {
    self.extent = extent
    self.voxelSize = voxelSize
    starts.reserveCapacity(extent.depth * extent.height + 1)
  }

  /// The runs of row (z · height + y), as indices of ``runs``.
  func runs(ofRow row: Int) -> Range<Int> { starts[row]..<starts[row + 1] }

  /// Appends the next planes: the runs where they are `value`.
  package mutating func append(_ planes: Volume<Bool>, is value: Bool = true) {
    let voxels = planes.voxels
    let rows = planes.extent.depth * extent.height
    let width = extent.width
    let rowsPerJob = max(1, (1 << 16) / max(1, width))
    let parts = Parallel.map(rows.parts(of: rowsPerJob)) { job in
      var runs: [Run] = []
      var ends: [Int] = []
      for row in job * rowsPerJob..<min(rows, (job + 1) * rowsPerJob) {
        voxels.span.appendRuns(of: value, in: row * width..<(row + 1) * width, to: &runs)
        ends.append(runs.count)
      }
      return (runs: runs, ends: ends)
    }
    for part in parts {
      starts.append(contentsOf: part.ends.lazy.map { [count = runs.count] in $0 + count })
      runs.append(contentsOf: part.runs)
    }
  }

  /// Appends the next row.
  private mutating func appendRow(_ row: some Sequence<Run>) {
    runs.append(contentsOf: row)
    starts.append(runs.count)
  }

  /// The runs of the background.
  package var complement: MaskRuns {
    var result = MaskRuns(planesOf: extent, voxelSize: voxelSize)
    for row in 0..<extent.depth * extent.height {
      var next: Int32 = 0
      for run in runs[runs(ofRow: row)] {
        if run.first > next { result.runs.append(Run(first: next, last: run.first - 1)) }
        next = run.last + 1
      }
      if next < Int32(extent.width) {
        result.runs.append(Run(first: next, last: Int32(extent.width) - 1))
      }
      result.appendRow([])
    }
    return result
  }

  /// The mask with its holes filled, as ``Volume/fillingHoles(perPlane:)`` does it.
  package func fillingHoles() -> MaskRuns {
    let background = complement
    var forest = RunForest(background)
    forest.join(.faces)
    let isHole = forest.areEnclosed(perPlane: false)
    var result = MaskRuns(planesOf: extent, voxelSize: voxelSize)
    for row in 0..<extent.depth * extent.height {
      var merged: [Run] = []
      let holes = background.runs(ofRow: row).filter { isHole[$0] }.map { background.runs[$0] }
      let own = runs[runs(ofRow: row)]
      if holes.isEmpty {
        result.appendRow(own)
        continue
      }
      for run in (own + holes).sorted(by: { $0.first < $1.first }) {
        if let last = merged.indices.last, merged[last].last + 1 == run.first {
          merged[last].last = run.last
        } else {
          merged.append(run)
        }
      }
      result.appendRow(merged)
    }
    return result
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
}

extension MaskRuns: PlaneSource {
  package func planes(_ range: Range<Int>) -> Volume<Bool> {
    mask(planes: range, rows: 0..<extent.height) { _ in true }
  }
}

extension Span<Bool> {
  /// Appends the runs of `value` in a row.
  fileprivate func appendRuns(of value: Bool, in row: Range<Int>, to runs: inout [MaskRuns.Run]) {
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
      runs.append(MaskRuns.Run(first: Int32(first), last: Int32(x - 1)))
    }
  }

  /// Whether the eight elements from `x` on all have this value.
  private func areAll(_ value: Bool, from x: Int) -> Bool {
    let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: x, as: UInt64.self)
    return word == (value ? 0x0101_0101_0101_0101 : 0)
  }
}
