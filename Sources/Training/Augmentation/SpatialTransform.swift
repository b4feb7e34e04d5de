import Compute
import Foundation
import Microscopy

/// All geometric changes of a sample as one map from its voxels to points of the prepared volume,
/// so that the volume is interpolated once, however many changes are drawn.
///
/// With o a voxel of the sample relative to its center, and s the point it shows relative to the
/// same center, both in µm: `s = A · o + d(o)`, where A gathers rotations and scalings and d is the
/// elastic displacement.
package struct SpatialTransform: Sendable {
  /// A in µm, rows z, y, x.
  package var matrix: [[Double]]
  /// d; nil without elastic deformation.
  package var displacement: DisplacementField?

  /// The identity.
  package init() {
    matrix = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    displacement = nil
  }

  /// Whether every voxel shows itself.
  package var isIdentity: Bool { displacement == nil && matrix == SpatialTransform().matrix }

  /// Applies a linear map, rows z, y, x, to the points in the volume.
  package mutating func apply(linear other: [[Double]]) {
    matrix = other.map { row in
      (0..<3).map { column in (0..<3).reduce(0) { $0 + row[$1] * matrix[$1][column] } }
    }
  }

  /// A in voxels: from voxels of the sample to points of the volume.
  func voxelMatrix(_ size: VoxelSize) -> [[Double]] {
    let edges = [size.z, size.y, size.x]
    return (0..<3).map { row in
      (0..<3).map { column in matrix[row][column] * edges[column] / edges[row] }
    }
  }
}
