import Compute
import Microscopy

/// The parts of a mask that are connected by faces, numbered from 1 in the order of their first
/// voxels, and the runs of each; 8 bytes for each run beside the mask's own.
struct MaskParts {
  let mask: MaskRuns
  /// The part of every run of the mask.
  let numbers: [UInt32]
  /// The number of parts.
  let count: Int
  /// The runs of all parts, part after part and in scan order.
  private let order: [UInt32]
  /// Where each part ends in ``order``.
  private let ends: [UInt32]

  /// Finds the parts.
  init(_ mask: consuming MaskRuns) {
    let (numbers, count) = mask.components(.faces)
    // Where each part begins; filled from there on, which leaves where it ends.
    var next = [UInt32](repeating: 0, count: count)
    for number in numbers { next[Int(number) - 1] += 1 }
    var total: UInt32 = 0
    for part in 0..<count { (next[part], total) = (total, total + next[part]) }
    var order = [UInt32](repeating: 0, count: numbers.count)
    for (run, number) in numbers.enumerated() {
      order[Int(next[Int(number) - 1])] = UInt32(run)
      next[Int(number) - 1] += 1
    }
    self.mask = mask
    self.numbers = numbers
    self.count = count
    self.order = order
    ends = next
  }

  /// The runs of a part (from 1) as indices of the mask's, in scan order.
  private func indices(of part: Int) -> ArraySlice<UInt32> {
    order[(part == 1 ? 0 : Int(ends[part - 2]))..<Int(ends[part - 1])]
  }

  /// The number of runs of a part.
  func runCount(of part: Int) -> Int { indices(of: part).count }

  /// The number of voxels of a part.
  func voxelCount(of part: Int) -> Int {
    indices(of: part).reduce(0) { sum, index in
      let run = mask.runs[Int(index)]
      return sum + Int(run.last - run.first) + 1
    }
  }

  /// The runs of a part, in scan order.
  func runs(of part: Int) -> [LabelRun] {
    var row = 0
    return indices(of: part).map { index in
      let run = mask.runs[Int(index)]
      row = mask.row(ofRun: Int(index), from: row)
      return LabelRun(
        z: row / mask.extent.height, y: row % mask.extent.height, first: Int(run.first),
        end: Int(run.last) + 1)
    }
  }

  /// The first voxel of a part.
  func firstVoxel(of part: Int) -> VoxelIndex {
    let index = Int(order[part == 1 ? 0 : Int(ends[part - 2])])
    let row = mask.row(ofRun: index)
    return VoxelIndex(
      z: row / mask.extent.height, y: row % mask.extent.height, x: Int(mask.runs[index].first))
  }

  /// The part that holds a voxel; nil in the background.
  func part(at voxel: VoxelIndex) -> Int? { mask.run(at: voxel).map { Int(numbers[$0]) } }
}
