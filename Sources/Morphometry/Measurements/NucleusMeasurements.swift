import Compute
import Microscopy

/// The measurements of all nuclei of one frame.
public struct NucleusMeasurements: Hashable, Sendable {
  /// The nuclei, ordered by label.
  public let nuclei: [NucleusMeasurement]
  /// The extents of the volume they were measured in.
  public let extent: Extent
  /// The voxel size that was used.
  public let voxelSize: VoxelSize
  /// The embryo's center: the mean of the nuclei's centroids in µm, nil without nuclei.
  public let center: PhysicalPoint?

  /// Measures every object of a label volume, whatever its number; 0 is background.
  ///
  /// An object is all voxels of one label, in one piece or several. Results are the same bits for
  /// any number of threads.
  ///
  /// - Parameters:
  ///   - labels: the objects, `[z, y, x]`.
  ///   - image: the raw image of the same extent, for the intensities.
  ///   - voxelSize: in µm; nil takes that of the labels.
  /// - Throws: `VolumeError` where the voxel size is unknown or impossible.
  /// - Complexity: O(voxels) to find the objects; then O(runs), plus the hulls, over all threads.
  public init(
    _ labels: LabelVolume, image: Volume<Float>? = nil, voxelSize: VoxelSize? = nil
  ) throws(VolumeError) {
    let size = try Self.checked(voxelSize ?? labels.voxelSize)
    let runs = LabeledRuns(labels)
    var intensities: [IntensityStatistics]?
    if let image {
      Self.check(image.extent, of: runs)
      var sums = IntensitySums(runs)
      sums.addValues(of: image, from: 0)
      sums.addSquares(of: image, from: 0)
      intensities = sums.statistics
    }
    self.init(runs, voxelSize: size, intensities: intensities)
  }

  /// Measures every object of labels that are known as runs; the same bits.
  ///
  /// - Parameters:
  ///   - runs: The objects, with their voxel size.
  ///   - image: The raw image of the same extent, for the intensities; read twice, slabs of `slab`
  ///     planes at a time.
  ///   - slab: Planes.
  package init(_ runs: LabeledRuns, image: any PlaneSource<Float>, slab: Int) throws {
    let size = try Self.checked(runs.voxelSize)
    Self.check(image.extent, of: runs)
    var sums = IntensitySums(runs)
    try image.forEachSlab(of: slab) { sums.addValues(of: $1, from: $0.lowerBound) }
    try image.forEachSlab(of: slab) { sums.addSquares(of: $1, from: $0.lowerBound) }
    self.init(runs, voxelSize: size, intensities: sums.statistics)
  }

  private static func checked(_ size: VoxelSize?) throws(VolumeError) -> VoxelSize {
    guard let size else { throw .unknownVoxelSize }
    guard size.isValid else { throw .invalidVoxelSize(size) }
    return size
  }

  private static func check(_ extent: Extent, of runs: LabeledRuns) {
    precondition(
      extent == runs.extent,
      "the image, \(extent), must have the extent of the labels, \(runs.extent)")
  }

  private init(_ runs: LabeledRuns, voxelSize size: VoxelSize, intensities: [IntensityStatistics]?)
  {
    let estimator = SurfaceAreaEstimator(voxelSize: size)
    let shapes = Parallel.map(runs.labels.count) { index in
      RunMeasurement(
        runs.runs(ofObject: index), extent: runs.extent, voxelSize: size, estimator: estimator)
    }
    let centroids = shapes.map { $0.centroid(size) }
    let center = Self.mean(centroids)
    let neighbors = NearestNeighbors.distances(centroids)
    extent = runs.extent
    self.voxelSize = size
    self.center = center
    nuclei = shapes.indices.map { index in
      let shape = shapes[index]
      let count = shape.moments.voxelCount
      return NucleusMeasurement(
        label: runs.labels[index], voxelCount: count,
        volume: Double(count) * (size.z * size.y * size.x), boundingBox: shape.box,
        centroidVoxel: shape.moments.centroid, centroid: centroids[index],
        axes: PrincipalAxes(covariance: shape.moments.covariance(size)),
        solidity: shape.hullVoxelCount.map { Double(count) / Double($0) },
        surfaceVoxels: shape.surfaceVoxels, surfaceVoxelsFaces: shape.surfaceVoxelsFaces,
        surfaceArea: shape.surfaceArea, touchesBorder: shape.box.touchesBorder(of: runs.extent),
        distanceToCenter: center.map { $0.distance(to: centroids[index]) } ?? 0,
        nearestNeighbor: neighbors[index], intensity: intensities?[index])
    }
  }

  private static func mean(_ points: [PhysicalPoint]) -> PhysicalPoint? {
    guard !points.isEmpty else { return nil }
    let n = Double(points.count)
    let sum = points.reduce(into: PhysicalPoint(z: 0, y: 0, x: 0)) { sum, point in
      sum.z += point.z
      sum.y += point.y
      sum.x += point.x
    }
    return PhysicalPoint(z: sum.z / n, y: sum.y / n, x: sum.x / n)
  }
}
