import Compute
import Microscopy

extension AugmentationConfiguration.Rotate90 {
  /// Turns image and target in the xy plane by one, two or three quarters, all equally likely.
  ///
  /// If x and y differ in extent or voxel size, only the half turn keeps the grid, so every turn is
  /// a half turn.
  package func apply(to sample: inout Sample, using generator: inout some RandomNumberGenerator) {
    guard generator.chance(probability) else { return }
    let turns = 1 + Int(clamped: generator.uniform() * 3)
    let extent = sample.image.extent
    let size = sample.image.voxelSize
    let isSquare = extent.height == extent.width && size?.x == size?.y
    sample.turn(quarters: isSquare ? turns : 2)
  }
}

extension Sample {
  /// Turns image and target in the xy plane, counter-clockwise as displayed (y down).
  package mutating func turn(quarters: Int) {
    image = image.rotated(quarterTurns: quarters)
    target = target.rotated(quarterTurns: quarters)
  }
}
