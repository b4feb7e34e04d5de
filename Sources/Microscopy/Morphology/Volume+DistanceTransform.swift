import Compute

extension Volume<Bool> {
  /// For every voxel of the mask the distance in µm from its center to the center of the nearest
  /// voxel outside the mask, and 0 outside: `scipy.ndimage.distance_transform_edt(mask, sampling)`.
  ///
  /// Exact, computed in float64 and rounded once. The border of the volume is not background: only
  /// voxels that are false count. Where there is none, no distance is defined and every voxel is
  /// +∞. The result carries `voxelSize`. Linear time, by lower envelopes of parabolas along one
  /// axis after the other: P. F. Felzenszwalb and D. P. Huttenlocher, Theory of Computing 8,
  /// 415–428 (2012).
  public func distanceTransform(voxelSize: VoxelSize) -> Volume<Float> {
    precondition(voxelSize.isValid, "a voxel of \(voxelSize) is impossible")
    let extent = extent
    let plane = extent.height * extent.width
    // First x and z, slab by slab; squared distances, laid out [y, z, x] so that slabs are runs.
    let slab = extent.depth * extent.width
    let mask = voxels
    let partial = [Double](count: extent.count, pieces: slab) { range, piece in
      let y = range.lowerBound / slab
      for z in 0..<extent.depth {
        let row = (z * extent.height + y) * extent.width
        Self.squaredDistances(
          along: mask.span.extracting(row..<row + extent.width), edge: voxelSize.x,
          into: &piece, at: z * extent.width)
      }
      var envelope = LowerEnvelope(length: extent.depth, spacing: voxelSize.z)
      for x in 0..<extent.width { envelope.transform(&piece, from: x, stride: extent.width) }
    }
    // Then y, plane by plane, and the root.
    let distances = [Float](count: extent.count, pieces: plane) { range, piece in
      let z = range.lowerBound / plane
      let source = partial.span
      var squares = [Double](repeating: 0, count: plane)
      var target = squares.mutableSpan
      for y in 0..<extent.height {
        let row = y * slab + z * extent.width
        for x in 0..<extent.width { target[y * extent.width + x] = source[row + x] }
      }
      var envelope = LowerEnvelope(length: extent.height, spacing: voxelSize.y)
      for x in 0..<extent.width { envelope.transform(&target, from: x, stride: extent.width) }
      for i in piece.indices { piece[i] = Float(target[i].squareRoot()) }
    }
    return Volume<Float>(distances, extent: extent, voxelSize: voxelSize)
  }

  /// Squared distances to the nearest false voxel of the same row, in µm²; +∞ in a row without one.
  private static func squaredDistances(
    along row: Span<Bool>, edge: Double, into output: inout MutableSpan<Double>, at offset: Int
  ) {
    let width = row.count
    var x = 0
    while x < width {
      if unsafe !row[unchecked: x] {
        output[offset + x] = 0
        x += 1
        continue
      }
      let first = x
      while x < width, unsafe row[unchecked: x] { x += 1 }
      for i in first..<x {
        let before = first > 0 ? i - first + 1 : Int.max
        let steps = Swift.min(before, x < width ? x - i : Int.max)
        let distance = steps == .max ? .infinity : Double(steps) * edge
        output[offset + i] = distance * distance
      }
    }
  }
}
