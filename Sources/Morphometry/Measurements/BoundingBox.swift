import Microscopy

/// The smallest box around an object: from `lower` to just before `upper`, in voxels.
public struct BoundingBox: Hashable, Sendable {
  /// The first plane, row and column.
  public var lower: VoxelIndex
  /// The plane, row and column behind the last ones.
  public var upper: VoxelIndex

  /// The box from `lower` to just before `upper`.
  public init(lower: VoxelIndex, upper: VoxelIndex) {
    self.lower = lower
    self.upper = upper
  }

  /// The extents of the box.
  public var extent: Extent {
    Extent(depth: upper.z - lower.z, height: upper.y - lower.y, width: upper.x - lower.x)
  }

  /// Whether the box reaches the first or last plane, row or column of a volume.
  public func touchesBorder(of extent: Extent) -> Bool {
    Axis.allCases.contains { lower[$0] <= 0 || upper[$0] >= extent[$0] }
  }

  /// The box around runs of voxels, of which there is at least one.
  package init(_ runs: ArraySlice<LabelRun>) {
    precondition(!runs.isEmpty, "an object has at least one voxel")
    var (low, high) = ((y: Int32.max, x: Int32.max), (y: Int32.min, x: Int32.min))
    for run in runs {
      low = (min(low.y, run.y), min(low.x, run.first))
      high = (max(high.y, run.y), max(high.x, run.end))
    }
    // Runs come in the order of their planes.
    self.init(
      lower: VoxelIndex(z: Int(runs[runs.startIndex].z), y: Int(low.y), x: Int(low.x)),
      upper: VoxelIndex(
        z: Int(runs[runs.endIndex - 1].z) + 1, y: Int(high.y) + 1, x: Int(high.x)))
  }
}
