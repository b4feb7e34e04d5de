/// Where one object of a ``LabelVolume`` is and how large.
public struct LabeledObject: Hashable, Sendable {
  /// Its number.
  public let label: UInt32
  /// The number of its voxels.
  public let voxelCount: Int
  /// The mean position of its voxels.
  public let centroid: VoxelPoint
}
