extension Volume<Float> {
  /// The volume convolved with a normalized Gaussian that is cut at 4σ, along z, then y, then x:
  /// `scipy.ndimage.gaussian_filter(image, (σz, σy, σx), mode=border)`.
  ///
  /// `.micrometers(1.2, voxelSize: size)` smooths by the same length along all axes. Float32
  /// arithmetic; time proportional to the number of voxels times the σ of all axes.
  public func gaussianFiltered(
    sigma: GaussianSigma, border: FilterBorder = .mirror
  ) -> Volume<Float> {
    PlaneConvolution(extent: extent, sigma: sigma, border: border)
      .planes(0..<extent.depth, of: self, from: 0)
  }

  /// Convolves with the same Gaussian along all axes, mirrored at the border voxels; σ in voxels.
  package mutating func blur(sigma: Double) {
    self = gaussianFiltered(sigma: .voxels(sigma))
  }

  /// Convolves with a Gaussian along one axis, mirrored at the border voxels; σ in voxels.
  package mutating func blur(sigma: Double, along axis: Axis) {
    self = gaussianFiltered(
      sigma: GaussianSigma(
        z: axis == .z ? sigma : 0, y: axis == .y ? sigma : 0, x: axis == .x ? sigma : 0))
  }
}
