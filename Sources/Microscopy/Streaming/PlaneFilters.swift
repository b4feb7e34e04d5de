/// What a function makes of each plane.
package struct MappedPlanes<Input: Sendable, Voxel: Sendable>: PlaneSource {
  private let source: any PlaneSource<Input>
  private let transform: @Sendable (Volume<Input>) -> Volume<Voxel>

  package var extent: Extent { source.extent }
  package var voxelSize: VoxelSize? { source.voxelSize }

  /// The planes of `source` after `transform`, which makes each plane of the same plane alone.
  package init(
    _ source: any PlaneSource<Input>,
    _ transform: @escaping @Sendable (Volume<Input>) -> Volume<Voxel>
  ) {
    self.source = source
    self.transform = transform
  }

  package func planes(_ range: Range<Int>) throws -> Volume<Voxel> {
    transform(try source.planes(range))
  }
}

/// Planes convolved with a Gaussian, as ``Volume/gaussianFiltered(sigma:border:)`` does it.
package struct GaussianPlanes: PlaneSource {
  private let source: any PlaneSource<Float>
  private let convolution: PlaneConvolution
  /// The planes on either side that a plane is made of.
  package let margin: Int

  package var extent: Extent { source.extent }
  package var voxelSize: VoxelSize? { source.voxelSize }

  package init(
    _ source: any PlaneSource<Float>, sigma: GaussianSigma, border: FilterBorder = .mirror
  ) {
    self.source = source
    convolution = PlaneConvolution(extent: source.extent, sigma: sigma, border: border)
    margin = convolution.z?.reach ?? 0
  }

  package func planes(_ range: Range<Int>) throws -> Volume<Float> {
    let needed = extent.planes(around: range, margin: margin)
    return convolution.planes(range, of: try source.planes(needed), from: needed.lowerBound)
  }
}

/// Planes resampled to other extents over the same field of view, as ``Volume/resampled(to:)`` does
/// it.
package struct ResampledPlanes: PlaneSource {
  private let source: any PlaneSource<Float>
  private let resampler: LinearResampler

  package let extent: Extent
  package var voxelSize: VoxelSize?

  package init(_ source: any PlaneSource<Float>, to extent: Extent) {
    self.source = source
    self.extent = extent
    resampler = LinearResampler(from: source.extent, to: extent)
    voxelSize = source.extent.voxelSize(source.voxelSize, withExtent: extent)
  }

  package func planes(_ range: Range<Int>) throws -> Volume<Float> {
    if source.extent == extent { return try source.planes(range) }
    let needed = resampler.planes(for: range)
    var result = resampler.planes(range, of: try source.planes(needed), from: needed.lowerBound)
    result.voxelSize = voxelSize
    return result
  }
}
