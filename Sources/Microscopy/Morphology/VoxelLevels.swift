/// The voxels of a mask sorted by value, ascending, ties in scan order; positions are offsets into
/// a `PaddedGrid`. NaN comes last, −0 equals 0.
struct VoxelLevels {
  let grid: PaddedGrid
  /// The offset of each voxel of the mask.
  private(set) var voxels: [UInt32] = []
  /// The ordered bits of the value of each voxel.
  private(set) var keys: [UInt32] = []

  init(_ values: Volume<Float>, mask: Volume<Bool>?) {
    let extent = values.extent
    precondition(
      mask == nil || mask?.extent == extent, "the mask is not as large as the volume, \(extent)")
    grid = PaddedGrid(around: extent)
    precondition(grid.extent.count < UInt32.max, "a volume of \(extent) voxels is too large")
    var items: [UInt64] = []
    let source = values.voxels.span
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        let row = (z * extent.height + y) * extent.width
        let padded = grid.row(z: z, y: y)
        for x in 0..<extent.width where mask.map({ $0.voxels[row + x] }) ?? true {
          items.append(UInt64(source[row + x].orderedBits) << 32 | UInt64(padded + x))
        }
      }
    }
    items.radixSort()
    voxels = items.map { UInt32(truncatingIfNeeded: $0) }
    keys = items.map { UInt32(truncatingIfNeeded: $0 >> 32) }
  }

  /// Whether the voxel at a position of the order has no value.
  func isNaN(_ position: Int) -> Bool { keys[position] == .max }
}
