extension Volume<Float> {
  /// The volume without detail that voxels of `size` could not show: smoothed along every axis that
  /// shrinks, by a Gaussian of (factor − 1)/2 of its voxels (scikit-image's `resize` with
  /// `anti_aliasing`). Axes that keep their voxels or grow stay as they are.
  public func smoothedForShrinking(to size: VoxelSize) throws(VolumeError) -> Volume<Float> {
    guard let sigmas = try GaussianSigma(shrinking: voxelSize, to: size) else { return self }
    return gaussianFiltered(sigma: sigmas)
  }
}

extension PlaneSource<Float> {
  /// The planes without detail that voxels of `size` could not show, resampled to such voxels, as
  /// ``Volume/smoothedForShrinking(to:)`` and ``Volume/resampled(to:)`` do it.
  package func shrunkAndResampled(to size: VoxelSize) throws -> any PlaneSource<Float> {
    guard let voxelSize else { throw VolumeError.unknownVoxelSize }
    let target = try extent.resampled(from: voxelSize, to: size)
    guard let sigmas = try GaussianSigma(shrinking: voxelSize, to: size) else {
      return ResampledPlanes(self, to: target)
    }
    return ResampledPlanes(GaussianPlanes(self, sigma: sigmas), to: target)
  }
}

extension GaussianSigma {
  /// What hides the detail that larger voxels could not show; nil if no axis shrinks.
  fileprivate init?(shrinking voxelSize: VoxelSize?, to size: VoxelSize) throws(VolumeError) {
    guard let voxelSize else { throw .unknownVoxelSize }
    guard voxelSize.isValid else { throw .invalidVoxelSize(voxelSize) }
    guard size.isValid else { throw .invalidVoxelSize(size) }
    func sigma(_ axis: Axis) -> Double { Swift.max(0, (size[axis] / voxelSize[axis] - 1) / 2) }
    self.init(z: sigma(.z), y: sigma(.y), x: sigma(.x))
    guard Axis.allCases.contains(where: { self[$0] > 0 }) else { return nil }
  }
}
