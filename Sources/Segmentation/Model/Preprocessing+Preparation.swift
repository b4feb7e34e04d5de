import Microscopy

extension Preprocessing {
  /// The scaling of intensities.
  public var intensityScaling: IntensityScaling {
    switch scaling {
    case .minMax: .minMax
    case .percentile:
      .percentile(low: percentiles.lowerBound, high: percentiles.upperBound, clamped: true)
    case .robust: .robust(robustScaling)
    case .none: .none
    }
  }

  private var robustScaling: RobustScaling {
    var scaling = RobustScaling()
    scaling.brightVolume = brightVolume
    return scaling
  }

  /// The network's input: the image scaled, then resampled to the network's grid.
  ///
  /// - Parameter isotropicGrid: The voxel size of an isotropic grid; nil for cubes with the image's
  ///   own finest edge.
  package func prepared(
    _ image: Volume<Float>, isotropicGrid: VoxelSize? = nil
  ) throws(VolumeError) -> Volume<Float> {
    let scaled = try image.scaled(by: intensityScaling)
    switch grid {
    case .native: return scaled
    case .isotropic:
      guard let voxelSize = image.voxelSize else { throw .unknownVoxelSize }
      let size = isotropicGrid ?? VoxelSize(isotropic: voxelSize.finest)
      return try scaled.smoothedForShrinking(to: size).resampled(to: size)
    case .size(let size): return try scaled.smoothedForShrinking(to: size).resampled(to: size)
    }
  }

  /// Whether volumes of unknown voxel size cannot be prepared.
  package var needsVoxelSize: Bool { grid != .native || scaling == .robust }

  /// The voxel size of the network's grid for volumes of `size`; nil on native grids.
  package func gridVoxelSize(of size: VoxelSize?) -> VoxelSize? {
    switch grid {
    case .native: nil
    case .isotropic: size.map { VoxelSize(isotropic: $0.finest) }
    case .size(let size): size
    }
  }
}
