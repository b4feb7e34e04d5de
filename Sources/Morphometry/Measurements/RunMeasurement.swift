import Microscopy

/// What an object's runs tell by themselves, without LAPACK and without the other objects.
struct RunMeasurement: Sendable {
  let box: BoundingBox
  let moments: RunMoments
  let hullVoxelCount: Int?
  let surfaceVoxels: Int
  let surfaceVoxelsFaces: Int
  let surfaceArea: Double

  init(
    _ runs: ArraySlice<LabelRun>, extent: Extent, voxelSize: VoxelSize,
    estimator: SurfaceAreaEstimator
  ) {
    box = BoundingBox(runs)
    moments = RunMoments(runs, in: box)
    hullVoxelCount = Solidity.hullVoxelCount(runs, in: box)
    let neighborhood = RunNeighborhood(runs, extent: extent)
    surfaceVoxels = neighborhood.voxelsRemovedByErosion(.cube)
    surfaceVoxelsFaces = neighborhood.voxelsRemovedByErosion(.faces)
    surfaceArea = estimator.area(
      voxelCount: moments.voxelCount, pairs: neighborhood.neighborPairs())
  }

  /// The mean position of the voxels in µm.
  func centroid(_ size: VoxelSize) -> PhysicalPoint {
    let center = moments.centroid
    return PhysicalPoint(z: center.z * size.z, y: center.y * size.y, x: center.x * size.x)
  }
}
