import Microscopy
import Morphometry

/// A connected part of the foreground that is split by a watershed within the smallest box around
/// it: the water never leaves a part, so the labels are those of a watershed of the whole volume.
struct PartFlood: Sendable {
  /// The bytes that a voxel of the box takes.
  static let bytesPerVoxel = 64

  let runs: [LabelRun]
  let markers: [(voxel: VoxelIndex, label: UInt32)]
  /// The box.
  let window: Window

  /// A part with markers.
  init(_ runs: [LabelRun], markers: [(voxel: VoxelIndex, label: UInt32)]) {
    self.runs = runs
    self.markers = markers
    let box = BoundingBox(runs[...])
    window = Window(origin: box.lower, extent: box.extent)
  }

  /// The bytes that the watershed takes.
  var bytes: Int { window.extent.count * Self.bytesPerVoxel }

  /// The runs of every label, in scan order.
  ///
  /// - Parameter distance: The distance map in the box.
  func labeled(_ distance: Volume<Float>) -> [(label: UInt32, runs: [LabelRun])] {
    let extent = window.extent
    var mask = Volume(repeating: false, extent: extent)
    var seeds = LabelVolume(repeating: 0, extent: extent)
    for run in runs {
      let row = row(of: run)
      for x in Int(run.first)..<Int(run.end) { mask.voxels[row + x] = true }
    }
    let origin = window.origin
    for (voxel, label) in markers {
      seeds[voxel.z - origin.z, voxel.y - origin.y, voxel.x - origin.x] = label
    }
    let labels = distance.map { -$0 }.watershed(markers: seeds, mask: mask)
    var found = Dictionary(uniqueKeysWithValues: markers.map { ($0.label, [LabelRun]()) })
    for run in runs {
      let row = row(of: run)
      var x = Int(run.first)
      while x < Int(run.end) {
        let label = labels.voxels[row + x]
        let first = x
        while x < Int(run.end), labels.voxels[row + x] == label { x += 1 }
        found[label]?.append(LabelRun(z: Int(run.z), y: Int(run.y), first: first, end: x))
      }
    }
    return markers.map { ($0.label, found[$0.label] ?? []) }
  }

  /// The offset in the box of column 0 of the volume in the row of a run.
  private func row(of run: LabelRun) -> Int {
    let (origin, extent) = (window.origin, window.extent)
    return ((Int(run.z) - origin.z) * extent.height + Int(run.y) - origin.y) * extent.width
      - origin.x
  }
}
