import Compute
import Microscopy

/// What a segmentation will take, told before it begins.
package struct RunForecast: Sendable {
  /// Frames of the same size, which take the same.
  package struct Kind: Sendable {
    /// The extents.
    package let extent: Extent
    /// The voxel size in µm.
    package let voxelSize: VoxelSize?
    /// The frames, and how many of them are still to do.
    package internal(set) var frames = 0, left = 0
    /// The memory of the process while one of them is worked on alone, in bytes; nil if it is not
    /// limited.
    package internal(set) var memory: Int?
    /// Whether they are worked on part by part, as they are larger than the memory.
    package internal(set) var isStreamed = false
    /// How many frames are worked on at once.
    package internal(set) var atOnce = 1
    /// The tiles of each network.
    package internal(set) var tiles: [Int] = []
    /// How many voxels the networks compute for each voxel, as tiles overlap; 1 without tiles.
    package internal(set) var overlap = 1.0

    /// The frames that are still to do, in voxels that are computed.
    var work: Double { Double(left * extent.count) * overlap }
  }

  /// What was measured.
  package struct Sample: Sendable {
    /// The frames that were segmented, or parts of frames.
    package var frames: Int
    /// The voxels that were computed.
    package var voxels: Double
    /// The seconds that it took.
    package var seconds: Double
  }

  /// All frames of the run, or of its shard.
  package internal(set) var frames = 0
  /// The frames that are done.
  package internal(set) var done = 0
  /// The frames that cannot be opened.
  package internal(set) var unreadable = 0
  /// The frames that are still to do, by their size; most work first.
  package internal(set) var kinds: [Kind] = []
  /// The memory that the process may take.
  package internal(set) var limit: MemoryLimit?
  /// The most memory that it will take, in bytes; nil if it is not limited.
  package internal(set) var memory: Int?
  /// What was measured; nil if nothing is left to do.
  package internal(set) var sample: Sample?

  /// The seconds that the run will take; nil if nothing was measured.
  package var seconds: Double? {
    sample.map { $0.seconds / $0.voxels * kinds.reduce(0) { $0 + $1.work } }
  }
}
