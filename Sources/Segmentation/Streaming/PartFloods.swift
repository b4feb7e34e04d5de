import Compute
import Microscopy

/// Splits parts of the foreground by watersheds, several parts at a time: the water never leaves a
/// part, so the labels are those of a watershed of the whole volume.
struct PartFloods {
  typealias Marker = (voxel: VoxelIndex, label: UInt32)
  /// The markers of a part, the runs of each after the other, and where they end.
  typealias Flooded = (markers: [Marker], runs: [LabelRun], ends: [Int])

  let parts: MaskParts
  private let distance: ScratchVolume<Float>
  private let name: String
  private let bytes: Int
  private let batch: Int
  private var jobs: [(runs: [LabelRun], markers: [Marker])] = []
  private var taken = 0

  /// Floods of the parts of a mask.
  ///
  /// - Parameters:
  ///   - parts: The parts.
  ///   - distance: Their distance map.
  ///   - name: The file, for messages.
  ///   - bytes: Memory for all runs and one flood.
  ///   - batch: Memory for floods at a time.
  init(parts: MaskParts, distance: ScratchVolume<Float>, name: String, bytes: Int, batch: Int) {
    self.parts = parts
    self.distance = distance
    self.name = name
    self.bytes = bytes
    self.batch = batch
  }

  /// The bytes that the flood of a part takes, if they are there beside all runs.
  static func checkedBytes(
    of part: Int, in parts: MaskParts, within bytes: Int, name: String
  ) throws(InputError) -> Int {
    let voxels = parts.voxelCount(of: part)
    let needed =
      voxels * RunFlood.bytesPerVoxel
      + parts.runCount(of: part) * (RunFlood.bytesPerRun + MemoryLayout<LabelRun>.stride)
    let left = max(0, bytes - parts.mask.runs.count * MemoryPlan.bytesPerRun)
    guard needed <= left, voxels <= RunFlood.largestCount else {
      throw InputError(
        name,
        "has a connected part of the foreground of \(voxels) voxels, which needs "
          + "\(ByteCount.rounded(needed)) to be split, but \(ByteCount.rounded(left)) are left",
        advice: .allowMemory)
    }
    return needed
  }

  /// Adds a part with its markers, and returns what was flooded to make room for it.
  mutating func add(_ part: Int, markers: [Marker]) throws -> [Flooded] {
    let needed = try Self.checkedBytes(of: part, in: parts, within: bytes, name: name)
    let flooded = taken + needed > batch ? try finish() : []
    jobs.append((parts.runs(of: part), markers))
    taken += needed
    return flooded
  }

  /// Floods all parts that are not flooded yet.
  mutating func finish() throws -> [Flooded] {
    let (jobs, distance) = (jobs, distance)
    self.jobs = []
    taken = 0
    let results = Parallel.map(jobs.count) { index in
      Result {
        try RunFlood(jobs[index].runs, of: distance).flooded(from: jobs[index].markers.map(\.voxel))
      }
    }
    return try zip(jobs, results).map { job, result in
      let (runs, ends) = try result.get()
      return (job.markers, runs, ends)
    }
  }
}
