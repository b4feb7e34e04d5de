/// What a window shows beyond the edge of a volume.
public enum Border<Voxel: Sendable>: Sendable {
  /// The volume mirrored at its edge voxels, which are not repeated (NumPy's `reflect`), again and
  /// again where the window reaches further than the volume is wide. A single plane is repeated.
  case mirror
  /// One value.
  case value(Voxel)
}

extension Border: Equatable where Voxel: Equatable {}
