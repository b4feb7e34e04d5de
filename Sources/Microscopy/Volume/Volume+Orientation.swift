extension Volume {
  /// The volume mirrored along an axis.
  @specialized(where Voxel == Float)
  @specialized(where Voxel == UInt8)
  @specialized(where Voxel == UInt16)
  @specialized(where Voxel == UInt32)
  @specialized(where Voxel == Bool)
  public func flipped(along axis: Axis) -> Volume<Voxel> {
    var result: [Voxel] = []
    result.reserveCapacity(voxels.count)
    for z in 0..<extent.depth {
      let plane = axis == .z ? extent.depth - 1 - z : z
      for y in 0..<extent.height {
        let row = axis == .y ? extent.height - 1 - y : y
        let start = (plane * extent.height + row) * extent.width
        let source = voxels[start..<start + extent.width]
        if axis == .x {
          result.append(contentsOf: source.reversed())
        } else {
          result.append(contentsOf: source)
        }
      }
    }
    return Volume(result, extent: extent, voxelSize: voxelSize)
  }

  /// The volume turned in the xy plane by `turns` quarter turns; negative turns go back.
  ///
  /// One turn brings the last column to the first row, counter-clockwise as images are displayed
  /// (x to the right, y down) and as `numpy.rot90` turns axes (y, x). Odd turns exchange height and
  /// width, and the voxel edges with them.
  @specialized(where Voxel == Float)
  @specialized(where Voxel == UInt8)
  @specialized(where Voxel == UInt16)
  @specialized(where Voxel == UInt32)
  @specialized(where Voxel == Bool)
  public func rotated(quarterTurns turns: Int) -> Volume<Voxel> {
    let turn = ((turns % 4) + 4) % 4
    if turn == 0 { return self }
    let (height, width) = (extent.height, extent.width)
    let turned =
      turn == 2 ? extent : Extent(depth: extent.depth, height: width, width: height)
    var result: [Voxel] = []
    result.reserveCapacity(voxels.count)
    for z in 0..<extent.depth {
      let plane = z * height * width
      for y in 0..<turned.height {
        for x in 0..<turned.width {
          switch turn {
          case 1: result.append(voxels[plane + x * width + (width - 1 - y)])
          case 2: result.append(voxels[plane + (height - 1 - y) * width + (width - 1 - x)])
          default: result.append(voxels[plane + (height - 1 - x) * width + y])
          }
        }
      }
    }
    var size = voxelSize
    if turn != 2, let old = voxelSize { size = VoxelSize(x: old.y, y: old.x, z: old.z) }
    return Volume(result, extent: turned, voxelSize: size)
  }
}
