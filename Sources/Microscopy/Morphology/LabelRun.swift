/// Voxels of one object that follow each other along x: `first..<end` in row `y` of plane `z`.
package struct LabelRun: Hashable, Sendable, BitwiseCopyable {
  /// The plane.
  package var z: Int32
  /// The row.
  package var y: Int32
  /// The first column.
  package var first: Int32
  /// The column behind the last one.
  package var end: Int32

  /// The number of voxels.
  package var count: Int { Int(end) - Int(first) }

  /// The voxels `first..<end` of row `y` in plane `z`.
  package init(z: Int, y: Int, first: Int, end: Int) {
    self.z = Int32(truncatingIfNeeded: z)
    self.y = Int32(truncatingIfNeeded: y)
    self.first = Int32(truncatingIfNeeded: first)
    self.end = Int32(truncatingIfNeeded: end)
  }
}
