import Microscopy

/// The quantitative criteria of one frame: the paper's, and those of the laboratory's later
/// studies.
public struct FrameCriteria: Hashable, Sendable {
  /// The number of nuclei.
  public let count: Int
  /// Their volumes in µm³.
  public let volume: Moments
  /// The areas of their surfaces in µm².
  public let surface: Moments
  /// Longest axis over shortest; nuclei that are flat count as missing.
  public let aspectRatio: Moments
  /// The shares of their hulls that they fill.
  public let solidity: Moments
  /// The distances in µm of their centroids from the middle of the volume.
  public let distanceFromMiddle: Moments
  /// Their centroids in µm, ordered by label.
  public let centroids: [PhysicalPoint]

  /// The criteria of measured nuclei.
  public init(_ measurements: NucleusMeasurements) {
    let nuclei = measurements.nuclei
    count = nuclei.count
    volume = Moments(nuclei.map(\.volume))
    surface = Moments(nuclei.map(\.surfaceArea))
    aspectRatio = Moments(nuclei.compactMap(\.aspectRatio))
    solidity = Moments(nuclei.compactMap(\.solidity))
    centroids = nuclei.map(\.centroid)
    // Voxel (0, 0, 0) has its center at 0, so the last one is at extent − 1.
    let (extent, size) = (measurements.extent, measurements.voxelSize)
    let middle = PhysicalPoint(
      z: Double(extent.depth - 1) / 2 * size.z, y: Double(extent.height - 1) / 2 * size.y,
      x: Double(extent.width - 1) / 2 * size.x)
    distanceFromMiddle = Moments(centroids.map { $0.distance(to: middle) })
  }
}
