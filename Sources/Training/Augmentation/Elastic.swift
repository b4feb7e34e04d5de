import Compute
import Microscopy

extension AugmentationConfiguration.Elastic {
  /// Draws a displacement field over the sample and adds it.
  ///
  /// - Parameters:
  ///   - transform: What the field is added to.
  ///   - extent: The sample's extent.
  ///   - voxelSize: The sample's voxel size; spacing and magnitude count its finest edge.
  ///   - generator: Draws the field.
  package func apply(
    to transform: inout SpatialTransform, extent: Extent, voxelSize: VoxelSize?,
    using generator: inout some RandomNumberGenerator
  ) {
    guard generator.chance(probability) else { return }
    let size = voxelSize ?? VoxelSize(x: 1, y: 1, z: 1)
    let share = [size.z, size.y, size.x].map { size.finest / $0 }
    transform.displacement = DisplacementField(
      covering: extent, spacing: share.map { $0 * spacing },
      magnitude: share.map { $0 * magnitude },
      using: &generator)
  }
}
