extension Volume<Float> {
  /// The volume without detail that voxels of `size` could not show: smoothed along every axis that
  /// shrinks, by a Gaussian of (factor − 1)/2 of its voxels (scikit-image's `resize` with
  /// `anti_aliasing`). Axes that keep their voxels or grow stay as they are.
  public func smoothedForShrinking(to size: VoxelSize) throws(VolumeError) -> Volume<Float> {
    guard let voxelSize else { throw .unknownVoxelSize }
    guard voxelSize.isValid else { throw .invalidVoxelSize(voxelSize) }
    guard size.isValid else { throw .invalidVoxelSize(size) }
    func sigma(_ axis: Axis) -> Double { Swift.max(0, (size[axis] / voxelSize[axis] - 1) / 2) }
    let sigmas = GaussianSigma(z: sigma(.z), y: sigma(.y), x: sigma(.x))
    guard Axis.allCases.contains(where: { sigmas[$0] > 0 }) else { return self }
    return gaussianFiltered(sigma: sigmas)
  }
}
