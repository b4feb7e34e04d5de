import Compute

/// A watershed of the negative of a volume, of a connected mask that is given as runs, in memory for
/// the mask's own voxels alone.
///
/// The labels are those of ``Volume/watershed(markers:mask:connectivity:)`` with neighbors by faces.
package struct RunFlood {
  /// The bytes that a run takes, beside its voxels and itself.
  package static let bytesPerRun = 40
  /// The bytes that a voxel takes at the most.
  package static let bytesPerVoxel = 16
  /// The most voxels of a mask.
  package static let largestCount = Int(dry) - 1

  private let runs: [LabelRun]
  /// The number of the first voxel of each run, by which cells are found.
  private let firsts: [UInt32]
  /// The run that holds every 64th voxel.
  private let hints: [UInt32]
  /// For each run the first run in each of the four rows beside its own that does not end before it;
  /// `none` if there is none.
  private var neighbors: [UInt32]
  /// The level of dry voxels, with the bit `dry`; the labels of the others.
  private var cells: [UInt32]
  /// Where each level begins in `reached`, and how far it is filled.
  private var starts: [UInt32]
  private var ends: [UInt32]
  /// The voxels reached at each level, in the order in which they were reached.
  private var reached: [UInt32]

  private static let dry: UInt32 = 1 << 31
  private static let none = UInt32.max
  /// The rows beside a row: two before and two behind, in scan order.
  private static let rows: [(z: Int32, y: Int32)] = [(-1, 0), (0, -1), (0, 1), (1, 0)]
  /// The voxels whose values are read or sorted at once.
  private static let slabVoxels = 1 << 20

  /// The flood before it rises.
  ///
  /// - Parameters:
  ///   - runs: The mask, in scan order; at most ``largestCount`` voxels.
  ///   - values: What is flooded from the highest value down.
  package init(_ runs: [LabelRun], of values: ScratchVolume<Float>) throws(FileError) {
    self.runs = runs
    var firsts: [UInt32] = []
    firsts.reserveCapacity(runs.count + 1)
    var count = 0
    for run in runs {
      firsts.append(UInt32(count))
      count += run.count
    }
    precondition(count <= Self.largestCount, "a part of \(count) voxels is too large")
    firsts.append(UInt32(count))
    self.firsts = firsts
    hints = Self.hints(firsts)
    neighbors = Self.neighbors(runs)
    cells = try Self.keys(runs, count: count, of: values)
    let distinct = Self.distinct(cells)
    var ends = [UInt32](repeating: 0, count: distinct.count + 1)
    for voxel in cells.indices {
      let level = distinct.position(of: cells[voxel])
      cells[voxel] = Self.dry | UInt32(level)
      ends[level + 1] += 1
    }
    for level in distinct.indices { ends[level + 1] += ends[level] }
    ends.removeLast()
    starts = ends
    self.ends = ends
    reached = [UInt32](repeating: 0, count: count)
  }

  /// Floods from the markers on, of which there is at least one, and returns the runs of every
  /// label, one label after the other and each in scan order.
  ///
  /// - Parameter markers: Voxels of the mask; the first one has label 0.
  /// - Returns: The runs, and where those of each label end.
  package consuming func flooded(
    from markers: [VoxelIndex]
  ) -> (runs: [LabelRun], ends: [Int]) {
    let sources = markers.enumerated().map { (voxel: number(of: $1), label: UInt32($0)) }
      .sorted { $0.voxel < $1.voxel }
    for (voxel, label) in sources { reach(voxel, label: label) }
    rise()
    reached = []
    neighbors = []
    return runs(labels: markers.count)
  }

  /// Marks a dry voxel as reached at its own level.
  private mutating func reach(_ voxel: UInt32, label: UInt32) {
    let level = Int(cells[Int(voxel)] & ~Self.dry)
    cells[Int(voxel)] = label
    reached[Int(ends[level])] = voxel
    ends[level] += 1
  }

  private mutating func rise() {
    // Voxels reached at the level that is being flooded, or below it: they follow at once.
    var current: [UInt32] = []
    for level in starts.indices {
      current.removeAll(keepingCapacity: true)
      var next = starts[level]
      while next < ends[level] {
        spread(from: reached[Int(next)], level: UInt32(level), &current)
        next += 1
      }
      var follower = 0
      while follower < current.count {
        spread(from: current[follower], level: UInt32(level), &current)
        follower += 1
      }
    }
  }

  /// Reaches the dry neighbors of a voxel in scan order.
  private mutating func spread(from voxel: UInt32, level: UInt32, _ current: inout [UInt32]) {
    let run = self.run(of: voxel)
    let label = cells[Int(voxel)]
    let x = runs[run].first + Int32(voxel - firsts[run])
    func visit(_ neighbor: UInt32?) {
      guard let neighbor, cells[Int(neighbor)] >= Self.dry else { return }
      if cells[Int(neighbor)] & ~Self.dry <= level {
        cells[Int(neighbor)] = label
        current.append(neighbor)
      } else {
        reach(neighbor, label: label)
      }
    }
    visit(neighbor(of: run, row: 0, x: x))
    visit(neighbor(of: run, row: 1, x: x))
    visit(voxel > firsts[run] ? voxel - 1 : nil)
    visit(voxel + 1 < firsts[run + 1] ? voxel + 1 : nil)
    visit(neighbor(of: run, row: 2, x: x))
    visit(neighbor(of: run, row: 3, x: x))
  }

  /// The run that holds a voxel.
  private func run(of voxel: UInt32) -> Int {
    var run = Int(hints[Int(voxel >> 6)])
    while firsts[run + 1] <= voxel { run += 1 }
    return run
  }

  /// The voxel at `x` in a row beside that of a run; nil if it is not in the mask.
  private func neighbor(of run: Int, row: Int, x: Int32) -> UInt32? {
    let first = neighbors[4 * run + row]
    if first == Self.none { return nil }
    let (z, y) = (runs[Int(first)].z, runs[Int(first)].y)
    var other = Int(first)
    while other < runs.count, runs[other].z == z, runs[other].y == y {
      if x < runs[other].end {
        return x < runs[other].first ? nil : firsts[other] + UInt32(x - runs[other].first)
      }
      other += 1
    }
    return nil
  }

  /// The number of a voxel of the mask.
  private func number(of voxel: VoxelIndex) -> UInt32 {
    let run = runs.firstIndex(from: (Int32(voxel.z), Int32(voxel.y), Int32(voxel.x)))
    precondition(run < runs.count && Int(runs[run].first) <= voxel.x, "a marker is not in its mask")
    return firsts[run] + UInt32(voxel.x - Int(runs[run].first))
  }

  /// The runs of every label.
  private func runs(labels: Int) -> (runs: [LabelRun], ends: [Int]) {
    var ends = [Int](repeating: 0, count: labels)
    forEachLabel { label, _ in ends[label] += 1 }
    var total = 0
    for label in 0..<labels { (ends[label], total) = (total, total + ends[label]) }
    var sorted = [LabelRun](repeating: LabelRun(z: 0, y: 0, first: 0, end: 0), count: total)
    forEachLabel { label, run in
      sorted[ends[label]] = run
      ends[label] += 1
    }
    return (sorted, ends)
  }

  /// Calls `body` with the runs of labels in scan order.
  private func forEachLabel(_ body: (_ label: Int, _ run: LabelRun) -> Void) {
    for (index, run) in runs.enumerated() {
      var voxel = Int(firsts[index])
      let end = Int(firsts[index + 1])
      while voxel < end {
        let first = voxel
        while voxel < end, cells[voxel] == cells[first] { voxel += 1 }
        let x = Int(run.first) - Int(firsts[index])
        body(
          Int(cells[first]),
          LabelRun(z: Int(run.z), y: Int(run.y), first: x + first, end: x + voxel))
      }
    }
  }
}

extension RunFlood {
  private static func hints(_ firsts: [UInt32]) -> [UInt32] {
    var run = 0
    return stride(from: 0, to: firsts[firsts.count - 1], by: 64).map { voxel in
      while firsts[run + 1] <= voxel { run += 1 }
      return UInt32(run)
    }
  }

  private static func neighbors(_ runs: [LabelRun]) -> [UInt32] {
    var neighbors = [UInt32](repeating: none, count: 4 * runs.count)
    for (number, row) in rows.enumerated() {
      var other = 0
      for (index, run) in runs.enumerated() {
        let (z, y) = (run.z + row.z, run.y + row.y)
        while other < runs.count,
          (runs[other].z, runs[other].y, runs[other].end) < (z, y, run.first + 1)
        {
          other += 1
        }
        if other < runs.count, runs[other].z == z, runs[other].y == y {
          neighbors[4 * index + number] = UInt32(other)
        }
      }
    }
    return neighbors
  }

  /// The ordered bits of the negative value of every voxel, read slab by slab.
  private static func keys(
    _ runs: [LabelRun], count: Int, of values: ScratchVolume<Float>
  ) throws(FileError) -> [UInt32] {
    var keys: [UInt32] = []
    keys.reserveCapacity(count)
    let rows = (low: runs.map(\.y).min() ?? 0, high: runs.map(\.y).max() ?? 0)
    let columns = (low: runs.map(\.first).min() ?? 0, end: runs.map(\.end).max() ?? 0)
    let (height, width) = (Int(rows.high - rows.low) + 1, Int(columns.end - columns.low))
    let depth = max(1, slabVoxels / (height * width))
    var next = 0
    while next < runs.count {
      let first = runs[next].z
      let origin = VoxelIndex(z: Int(first), y: Int(rows.low), x: Int(columns.low))
      let slab = try values.box(
        Window(
          origin: origin,
          extent: Extent(
            depth: min(depth, values.extent.depth - origin.z), height: height, width: width)))
      while next < runs.count, Int(runs[next].z - first) < depth {
        let run = runs[next]
        let row = (Int(run.z - first) * height + Int(run.y - rows.low)) * width
        for x in Int(run.first - columns.low)..<Int(run.end - columns.low) {
          keys.append((-slab.voxels[row + x]).orderedBits)
        }
        next += 1
      }
    }
    return keys
  }

  /// The keys that occur, ascending, each once.
  private static func distinct(_ keys: [UInt32]) -> [UInt32] {
    var all: [UInt32] = []
    for first in stride(from: 0, to: keys.count, by: slabVoxels) {
      var some = Array(keys[first..<min(keys.count, first + slabVoxels)])
      if some.count < 1 << 11 { some.sort() } else { some.radixSort() }
      all = merged(all, some)
    }
    return all
  }

  /// The numbers of two ascending arrays, each once.
  private static func merged(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      let number: UInt32
      if j == b.count || i < a.count && a[i] <= b[j] {
        number = a[i]
        i += 1
      } else {
        number = b[j]
        j += 1
      }
      if result.last != number { result.append(number) }
    }
    return result
  }
}

extension [UInt32] {
  /// The index of a number that occurs in this ascending array.
  fileprivate func position(of number: UInt32) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension [LabelRun] {
  /// The first run that holds a voxel or lies behind it.
  fileprivate func firstIndex(from voxel: (z: Int32, y: Int32, x: Int32)) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      let run = self[middle]
      if (run.z, run.y, run.end) < (voxel.z, voxel.y, voxel.x + 1) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
