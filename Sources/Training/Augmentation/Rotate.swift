import Compute
import Foundation
import Microscopy

extension AugmentationConfiguration.Rotate {
  /// Draws a rotation, uniform in ±degrees about z and ±tilt about y and x, and adds it.
  ///
  /// A rotation by α about z turns the sample's content from y towards x by α; angles are true in
  /// µm whatever the voxel size.
  package func apply(
    to transform: inout SpatialTransform, using generator: inout some RandomNumberGenerator
  ) {
    guard generator.chance(probability) else { return }
    let angles = [degrees, tilt, tilt].map { generator.uniform(in: -$0...$0) }
    transform.apply(linear: Self.matrix(degrees: angles[0], aboutY: angles[1], aboutX: angles[2]))
  }

  /// The rotation about z by `degrees`, then y, then x; rows and columns z, y, x.
  package static func matrix(degrees: Double, aboutY: Double = 0, aboutX: Double = 0) -> [[Double]]
  {
    var transform = SpatialTransform()
    // The plane of each rotation: its first axis turns towards its second.
    for (angle, first, second) in [(degrees, 1, 2), (aboutY, 0, 2), (aboutX, 0, 1)] {
      let (sine, cosine) = (sin(angle * .pi / 180), cos(angle * .pi / 180))
      var plane = SpatialTransform().matrix
      plane[first][first] = cosine
      plane[first][second] = sine
      plane[second][first] = -sine
      plane[second][second] = cosine
      transform.apply(linear: plane)
    }
    return transform.matrix
  }
}
