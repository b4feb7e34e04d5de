/// A volume that is not in memory as a whole: some of its planes at a time are read or computed
/// when they are asked for.
package protocol PlaneSource<Voxel>: Sendable {
  /// What a voxel holds.
  associatedtype Voxel: Sendable
  /// The extents of the whole volume.
  var extent: Extent { get }
  /// The edge lengths of a voxel in µm, nil if unknown.
  var voxelSize: VoxelSize? { get }
  /// The planes of a range, as a volume of their own; the same bits however they are asked for.
  func planes(_ range: Range<Int>) throws -> Volume<Voxel>
}

extension PlaneSource {
  /// Calls `body` with all planes in order, slabs of `count` planes at a time.
  package func forEachSlab(
    of count: Int, _ body: (_ planes: Range<Int>, _ slab: Volume<Voxel>) throws -> Void
  ) throws {
    for first in stride(from: 0, to: extent.depth, by: max(1, count)) {
      let range = first..<min(extent.depth, first + max(1, count))
      try body(range, planes(range))
    }
  }
}

extension Volume: PlaneSource {
  /// A copy of these planes; the volume itself for all of them.
  package func planes(_ range: Range<Int>) -> Volume<Voxel> {
    if range == 0..<extent.depth { return self }
    let plane = extent.height * extent.width
    return Volume(
      Array(voxels[range.lowerBound * plane..<range.upperBound * plane]),
      extent: Extent(depth: range.count, height: extent.height, width: extent.width),
      voxelSize: voxelSize)
  }
}

extension Extent {
  /// How many planes of `bytesPerVoxel` fit in `bytes`, beside `margin` planes on either side; at
  /// least 1.
  package func planes(in bytes: Int, bytesPerVoxel: Int, margin: Int = 0) -> Int {
    max(1, min(depth, bytes / max(1, bytesPerVoxel * height * width) - 2 * margin))
  }

  /// As many planes of the same height and width.
  func withDepth(_ depth: Int) -> Extent { Extent(depth: depth, height: height, width: width) }

  /// The planes around a range, up to `margin` on either side.
  package func planes(around range: Range<Int>, margin: Int) -> Range<Int> {
    max(0, range.lowerBound - margin)..<min(depth, range.upperBound + min(margin, depth))
  }
}
