import Microscopy
import Morphometry

/// The parts of a mask that are connected by faces, numbered from 1 in the order of their first
/// voxels, and the runs of each.
struct MaskParts {
  let mask: MaskRuns
  /// The part of every run of the mask.
  let numbers: [UInt32]
  /// The number of parts.
  let count: Int
  /// The runs of all parts, part after part and in scan order.
  private let order: [Int32]
  /// Where each part begins in ``order``; one more for the end.
  private let starts: [Int]
  /// The row (z · height + y) of every run.
  private let rows: [Int32]

  /// Finds the parts.
  init(_ mask: MaskRuns) {
    self.mask = mask
    var forest = RunForest(mask)
    forest.join(.faces)
    let (numbers, count) = forest.componentNumbers()
    self.numbers = numbers
    self.count = count
    var starts = [Int](repeating: 0, count: count + 1)
    for number in numbers { starts[Int(number)] += 1 }
    for part in 0..<count { starts[part + 1] += starts[part] }
    var next = starts
    var order = [Int32](repeating: 0, count: numbers.count)
    for (run, number) in numbers.enumerated() {
      order[next[Int(number) - 1]] = Int32(run)
      next[Int(number) - 1] += 1
    }
    self.order = order
    self.starts = starts
    var rows = [Int32](repeating: 0, count: numbers.count)
    mask.forEachRun { index, z, y, _ in rows[index] = Int32(z * mask.extent.height + y) }
    self.rows = rows
  }

  /// The runs of a part (from 1), in scan order.
  func runs(of part: Int) -> [LabelRun] {
    order[starts[part - 1]..<starts[part]].map { index in
      let run = mask.runs[Int(index)]
      let row = Int(rows[Int(index)])
      return LabelRun(
        z: row / mask.extent.height, y: row % mask.extent.height, first: Int(run.first),
        end: Int(run.last) + 1)
    }
  }

  /// The part that holds a voxel; nil in the background.
  func part(at voxel: VoxelIndex) -> Int? { mask.run(at: voxel).map { Int(numbers[$0]) } }
}
