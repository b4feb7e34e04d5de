import Compute
import Microscopy

/// A label volume as runs: for every object the runs it consists of, in scan order (z, then y, x).
///
/// Runs are all that the measurements of shape need, and a nucleus has a few hundred of them where
/// it has thousands of voxels.
package struct LabeledRuns: Sendable {
  /// The extents of the volume.
  package let extent: Extent
  /// The edge lengths of a voxel in µm, nil if unknown.
  package let voxelSize: VoxelSize?
  /// The labels that occur, ascending, without the background.
  package let labels: [UInt32]
  /// The runs, object after object in the order of ``labels``.
  private let runs: [LabelRun]
  /// Where the runs of each object begin in ``runs``; one more than there are objects.
  private let starts: [Int]

  /// The runs of the object `labels[index]`.
  package func runs(ofObject index: Int) -> ArraySlice<LabelRun> {
    runs[starts[index]..<starts[index + 1]]
  }

  /// Finds the runs; labels may be any numbers, with gaps.
  ///
  /// - Complexity: O(voxels) on all threads, and O(runs) on one.
  package init(_ volume: LabelVolume) {
    extent = volume.extent
    voxelSize = volume.voxelSize
    let extent = extent
    let rows = extent.depth * extent.height
    let rowsPerJob = max(1, (1 << 16) / max(1, extent.width))
    let pieces = Parallel.map(rows.parts(of: rowsPerJob)) { job in
      Self.find(
        in: volume, rows: job * rowsPerJob..<min(rows, (job + 1) * rowsPerJob))
    }

    var counts: [UInt32: Int] = [:]
    for piece in pieces {
      for (label, count) in piece.counts { counts[label, default: 0] += count }
    }
    labels = counts.keys.sorted()
    var indices: [UInt32: Int] = [:]
    indices.reserveCapacity(labels.count)
    var starts = [0]
    starts.reserveCapacity(labels.count + 1)
    for (index, label) in labels.enumerated() {
      indices[label] = index
      starts.append(starts[index] + (counts[label] ?? 0))
    }
    var next = starts
    var sorted = [LabelRun](
      repeating: LabelRun(z: 0, y: 0, first: 0, end: 0), count: starts[labels.count])
    for piece in pieces {
      // Neighbors in a row are rarely of one object, but rows follow each other in it.
      var known: (label: UInt32, index: Int) = (0, 0)
      for (label, run) in zip(piece.labels, piece.runs) {
        if label != known.label { known = (label, indices[label] ?? 0) }
        sorted[next[known.index]] = run
        next[known.index] += 1
      }
    }
    self.starts = starts
    runs = sorted
  }

  /// The runs of objects with the labels 1, 2 and so on.
  ///
  /// - Parameters:
  ///   - runs: The runs, object after object, each in scan order.
  ///   - counts: How many of them each object has.
  ///   - extent: The extents of the volume.
  ///   - voxelSize: In µm.
  package init(runs: [LabelRun], counts: [Int], extent: Extent, voxelSize: VoxelSize?) {
    self.extent = extent
    self.voxelSize = voxelSize
    self.runs = runs
    labels = counts.indices.map { UInt32($0 + 1) }
    starts = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    precondition(starts[counts.count] == runs.count, "the runs are not those of the objects")
  }

  /// The runs of an object in some planes.
  func runs(ofObject index: Int, in planes: Range<Int>) -> ArraySlice<LabelRun> {
    let all = runs(ofObject: index)
    func first(from z: Int) -> Int {
      var (low, high) = (all.startIndex, all.endIndex)
      while low < high {
        let middle = (low + high) / 2
        if Int(all[middle].z) < z { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return all[first(from: planes.lowerBound)..<first(from: planes.upperBound)]
  }

  /// The runs of some rows in scan order, the label of each, and how many each label has.
  private struct Piece {
    var runs: [LabelRun] = []
    var labels: [UInt32] = []
    var counts: [UInt32: Int] = [:]
  }

  private static func find(in volume: LabelVolume, rows: Range<Int>) -> Piece {
    var piece = Piece()
    let (height, width) = (volume.extent.height, volume.extent.width)
    let voxels = volume.voxels.span
    for row in rows {
      let base = row * width
      var x = 0
      while x < width {
        let label = voxels[base + x]
        let first = x
        x += 1
        if label == 0 { continue }
        while x < width, voxels[base + x] == label { x += 1 }
        piece.runs.append(LabelRun(z: row / height, y: row % height, first: first, end: x))
        piece.labels.append(label)
        piece.counts[label, default: 0] += 1
      }
    }
    return piece
  }
}

extension LabeledRuns: PlaneSource {
  /// The labels of some planes.
  package func planes(_ range: Range<Int>) -> LabelVolume {
    let size = Extent(depth: range.count, height: extent.height, width: extent.width)
    var voxels = [UInt32](repeating: 0, count: size.count)
    for (index, label) in labels.enumerated() {
      for run in runs(ofObject: index, in: range) {
        let row = ((Int(run.z) - range.lowerBound) * extent.height + Int(run.y)) * extent.width
        for x in row + Int(run.first)..<row + Int(run.end) { voxels[x] = label }
      }
    }
    return LabelVolume(voxels, extent: size, voxelSize: voxelSize)
  }
}
