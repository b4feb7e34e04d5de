import Compute
import Microscopy
import Morphometry

/// The runs of objects in scratch, and what decides which of them are kept.
struct ObjectRuns {
  /// An object, without its runs.
  struct Object {
    let object: LabeledObject
    let touchesBorder: Bool
    /// Where its runs are in the file.
    let runs: Range<Int>
  }

  private let extent: Extent
  private let file: ScratchFile
  /// Runs that are not in the file yet.
  private var pending: [LabelRun] = []
  private var written = 0
  private var objects: [Object] = []

  /// The runs that are written at once.
  private static let batch = 1 << 16

  /// No objects yet, in a volume of these extents.
  init(extent: Extent) throws(FileError) {
    self.extent = extent
    file = try ScratchFile()
  }

  /// Adds an object by its runs in scan order, if it has any and is wanted.
  mutating func append(
    _ runs: ArraySlice<LabelRun>, label: UInt32, where isWanted: (LabeledObject) -> Bool
  ) throws(FileError) {
    if runs.isEmpty { return }
    var sums = ObjectSums()
    for run in runs {
      sums.add(z: Int(run.z), y: Int(run.y), first: Int(run.first), last: Int(run.end) - 1)
    }
    let object = sums.object(label)
    guard isWanted(object) else { return }
    let first = written + pending.count
    objects.append(
      Object(
        object: object, touchesBorder: BoundingBox(runs).touchesBorder(of: extent),
        runs: first..<first + runs.count))
    pending.append(contentsOf: runs)
    if pending.count >= Self.batch { try flush() }
  }

  private mutating func flush() throws(FileError) {
    try file.write(pending.span, at: written * MemoryLayout<LabelRun>.stride)
    written += pending.count
    pending.removeAll(keepingCapacity: true)
  }

  /// The objects, by their labels.
  mutating func finish() throws(FileError) -> [Object] {
    try flush()
    pending = []
    objects.sort { $0.object.label < $1.object.label }
    return objects
  }

  /// The runs of some objects in memory, as labels 1, 2 and so on.
  func labeled(_ chosen: [Object], voxelSize: VoxelSize) throws(FileError) -> LabeledRuns {
    let counts = chosen.map(\.runs.count)
    var runs = [LabelRun](
      repeating: LabelRun(z: 0, y: 0, first: 0, end: 0), count: counts.reduce(0, +))
    var span = runs.mutableSpan
    var next = 0
    for object in chosen {
      let count = object.runs.count
      try file.read(
        into: &span, next..<next + count,
        at: object.runs.lowerBound * MemoryLayout<LabelRun>.stride)
      next += count
    }
    return LabeledRuns(runs: runs, counts: counts, extent: extent, voxelSize: voxelSize)
  }
}
