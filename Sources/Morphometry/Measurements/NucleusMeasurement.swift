import Foundation
import Microscopy

/// What is measured of one object of a label volume; lengths in µm.
///
/// docs/measurements.md explains every quantity, its source and its error.
public struct NucleusMeasurement: Hashable, Sendable {
  /// The object's number.
  public let label: UInt32
  /// The number of its voxels.
  public let voxelCount: Int
  /// Its volume in µm³: voxels times the volume of one.
  public let volume: Double
  /// The smallest box around it, in voxels.
  public let boundingBox: BoundingBox
  /// The mean position of its voxels, in voxels; the center of the first voxel is (0, 0, 0).
  public let centroidVoxel: VoxelPoint
  /// The mean position of its voxels in µm: ``centroidVoxel`` times the voxel's edges.
  public let centroid: PhysicalPoint
  /// The ellipsoid with the same second moments.
  public let axes: PrincipalAxes
  /// The share of its convex hull that it fills, 0…1; nil for objects above half a million voxels
  /// wide.
  public let solidity: Double?
  /// The voxels that one erosion with the full 3 × 3 × 3 cube removes: the original QCANet's
  /// surface. The border of the volume does not erode.
  public let surfaceVoxels: Int
  /// The voxels that one erosion with the 6 face neighbors removes. The border does not erode.
  public let surfaceVoxelsFaces: Int
  /// The area of its surface in µm² (`SurfaceAreaEstimator`), cuts by the border included.
  public let surfaceArea: Double
  /// Whether it reaches the first or last plane, row or column.
  public let touchesBorder: Bool
  /// The distance in µm from its centroid to the mean of all centroids of the frame.
  public let distanceToCenter: Double
  /// The distance in µm from its centroid to the nearest other one; nil for the only nucleus.
  public let nearestNeighbor: Double?
  /// The raw image under it, nil where none was given.
  public let intensity: IntensityStatistics?

  /// The diameter in µm of the ball of the same volume.
  public var equivalentDiameter: Double { cbrt(6 * volume / .pi) }

  /// The surface of the ball of the same volume over its own: 1 for a ball, less for other shapes.
  ///
  /// May exceed 1 a little, by the error of ``surfaceArea``; nil without surface.
  public var sphericity: Double? {
    let ball = cbrt(.pi * 36 * volume * volume)
    return surfaceArea > 0 ? ball / surfaceArea : nil
  }

  /// The longest axis over the shortest, nil for an object that is flat.
  public var aspectRatio: Double? {
    axes.minorLength > 0 ? axes.majorLength / axes.minorLength : nil
  }
}
