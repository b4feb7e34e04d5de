import Compute

extension Extent {
  /// The extent that covers the same field of view with voxels of `newSize`: n · old edge / new
  /// edge, rounded to the nearest whole number of voxels (ties away from zero), at least 1.
  ///
  /// Throws ``VolumeError`` where a voxel size or the result is impossible.
  public func resampled(
    from size: VoxelSize, to newSize: VoxelSize
  ) throws(VolumeError) -> Extent {
    guard size.isValid else { throw .invalidVoxelSize(size) }
    guard newSize.isValid else { throw .invalidVoxelSize(newSize) }
    let limit = 1 << 33
    var result = self
    var total = 1.0
    for axis in Axis.allCases {
      let count = Double(self[axis]) * size[axis] / newSize[axis]
      let whole = min(max(1, count.rounded()), 1e12)
      result[axis] = Int(clamped: whole)
      total *= whole
    }
    guard total <= Double(limit) else { throw .tooLarge(result, limit: limit) }
    return result
  }

  /// The voxel size after the field of view of voxels of `size` is cut into `newExtent` voxels.
  func voxelSize(_ size: VoxelSize?, withExtent newExtent: Extent) -> VoxelSize? {
    guard var size else { return nil }
    for axis in Axis.allCases where newExtent[axis] != self[axis] {
      size[axis] *= Double(self[axis]) / Double(newExtent[axis])
    }
    return size
  }
}

extension Volume {
  /// The extent that covers the same field of view with voxels of `size`, as
  /// ``Extent/resampled(from:to:)``; throws also where this volume's voxel size is unknown.
  public func extent(withVoxelSize size: VoxelSize) throws(VolumeError) -> Extent {
    guard let voxelSize else { throw .unknownVoxelSize }
    return try extent.resampled(from: voxelSize, to: size)
  }

  /// The voxel size after the same field of view is cut into `extent` voxels.
  func voxelSize(withExtent newExtent: Extent) -> VoxelSize? {
    extent.voxelSize(voxelSize, withExtent: newExtent)
  }
}

extension Volume<Float> {
  /// The volume resampled to voxels of about `size`, by linear interpolation.
  ///
  /// The field of view is kept, so the new voxel size is its length over the rounded number of
  /// voxels: 51 planes of 1.75 µm become 112 planes of 0.797 µm where 0.8 µm was asked. The result
  /// carries that true size. Shrinking does not blur first (``smoothedForShrinking(to:)`` does).
  public func resampled(to size: VoxelSize) throws(VolumeError) -> Volume<Float> {
    resampled(to: try extent(withVoxelSize: size))
  }

  /// The volume resampled to cubic voxels of `edge` µm, or of its own finest edge for nil.
  public func resampled(toIsotropic edge: Double? = nil) throws(VolumeError) -> Volume<Float> {
    guard let voxelSize else { throw .unknownVoxelSize }
    return try resampled(to: VoxelSize(isotropic: edge ?? voxelSize.finest))
  }

  /// The volume resampled to exactly `newExtent` over the same field of view, by linear
  /// interpolation; the way back to a native grid.
  ///
  /// Voxel centers are placed physically: see the formula at `LinearWeights`. Axes of equal length
  /// stay untouched, bit for bit, and so does a constant volume.
  public func resampled(to newExtent: Extent) -> Volume<Float> {
    if newExtent == extent { return self }
    precondition(extent.count > 0, "a volume without voxels cannot be resampled")
    precondition(
      Axis.allCases.allSatisfy { newExtent[$0] > 0 }, "cannot resample to \(newExtent) voxels")
    var result = LinearResampler(from: extent, to: newExtent)
      .planes(0..<newExtent.depth, of: self, from: 0)
    result.voxelSize = voxelSize(withExtent: newExtent)
    return result
  }

  /// Where the value reaches `level`: value ≥ level, so false for NaN.
  public func thresholded(at level: Float = 0.5) -> Volume<Bool> {
    Volume<Bool>(voxels.map { $0 >= level }, extent: extent, voxelSize: voxelSize)
  }
}

extension Volume<Bool> {
  /// The mask as probabilities: 1 inside, 0 outside.
  public var probabilities: Volume<Float> { map { $0 ? 1 : 0 } }

  /// The mask resampled as probabilities and thresholded at 0.5, so that objects neither grow nor
  /// shrink; to exactly `newExtent`. A voxel at exactly 0.5, as halving an axis makes at edges, is
  /// in.
  public func resampled(to newExtent: Extent) -> Volume<Bool> {
    newExtent == extent ? self : probabilities.resampled(to: newExtent).thresholded()
  }

  /// The mask resampled as probabilities to voxels of about `size` and thresholded at 0.5.
  public func resampled(to size: VoxelSize) throws(VolumeError) -> Volume<Bool> {
    resampled(to: try extent(withVoxelSize: size))
  }
}
