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
    return squaresInDepthAndWidth(voxelSize).distances(voxelSize)
  }

  /// The distance map as planes of a scratch volume; the same bits. At most about `bytes` of memory
  /// are taken, more only where a single plane or row of all planes needs it.
  package static func distanceTransform(
    of mask: MaskRuns, voxelSize: VoxelSize, bytes: Int
  ) throws -> ScratchVolume<Float> {
    let (depth, height, width) = (mask.extent.depth, mask.extent.height, mask.extent.width)
    // Cut along y, then along z: 1 byte of mask and 8 of squares for every voxel, then 8 and 4.
    let partial = try ScratchVolume<Double>(Extent(depth: height, height: depth, width: width))
    let rows = max(1, bytes / (9 * depth * width))
    for first in stride(from: 0, to: height, by: rows) {
      let part = mask.mask(planes: 0..<depth, rows: first..<min(height, first + rows)) { _ in true }
      guard part.voxels.contains(true) else { continue }
      try partial.write(
        part.squaresInDepthAndWidth(voxelSize), at: VoxelIndex(z: first, y: 0, x: 0))
    }
    let result = try ScratchVolume<Float>(mask.extent, voxelSize: voxelSize)
    let planes = max(1, bytes / (12 * height * width))
    for first in stride(from: 0, to: depth, by: planes) {
      let squares = try partial.box(
        Window(
          origin: VoxelIndex(z: 0, y: first, x: 0),
          extent: Extent(depth: height, height: min(planes, depth - first), width: width)))
      try result.write(squares.distances(voxelSize), at: VoxelIndex(z: first, y: 0, x: 0))
    }
    return result
  }

  /// The squared distances within x and z, slab by slab; laid out [y, z, x] so that slabs are runs.
  private func squaresInDepthAndWidth(_ voxelSize: VoxelSize) -> Volume<Double> {
    let extent = extent
    let slab = extent.depth * extent.width
    let mask = voxels
    let squares = [Double](count: extent.count, pieces: slab) { range, piece in
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
    return Volume<Double>(
      squares, extent: Extent(depth: extent.height, height: extent.depth, width: extent.width))
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

extension Volume<Double> {
  /// The distances of squares within x and z that are laid out [y, z, x]: y, plane by plane, and the
  /// root.
  fileprivate func distances(_ voxelSize: VoxelSize) -> Volume<Float> {
    let (height, depth, width) = (extent.depth, extent.height, extent.width)
    let plane = height * width
    let slab = depth * width
    let partial = voxels
    let distances = [Float](count: extent.count, pieces: plane) { range, piece in
      let z = range.lowerBound / plane
      let source = partial.span
      var squares = [Double](repeating: 0, count: plane)
      var target = squares.mutableSpan
      for y in 0..<height {
        let row = y * slab + z * width
        for x in 0..<width { target[y * width + x] = source[row + x] }
      }
      var envelope = LowerEnvelope(length: height, spacing: voxelSize.y)
      for x in 0..<width { envelope.transform(&target, from: x, stride: width) }
      for i in piece.indices { piece[i] = Float(target[i].squareRoot()) }
    }
    return Volume<Float>(
      distances, extent: Extent(depth: depth, height: height, width: width), voxelSize: voxelSize)
  }
}
