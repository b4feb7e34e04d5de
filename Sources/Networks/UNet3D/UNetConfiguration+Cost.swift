import Tensors

/// What a network costs, from its architecture alone: nothing is allocated.
extension UNetConfiguration {
  /// Trained parameters.
  public var parameterCount: Int { convolutions.reduce(0) { $0 + $1.parameters } }

  /// Multiply–adds of one forward pass over an input of `extents` (batch 1), convolutions only; a
  /// training step takes three times as many.
  public func multiplyAdds(for extents: SpatialAxes) -> Int {
    convolutions.reduce(0) { $0 + $1.weights * voxels(extents, at: $1.inputLevel) }
  }

  /// The extents of a level, for an input padded to the network's multiple.
  func extents(_ extents: SpatialAxes, at level: Int) -> SpatialAxes {
    let padded = paddedExtents(extents)
    return SpatialAxes(padded.depth >> level, padded.height >> level, padded.width >> level)
  }

  /// The voxels of one channel at a level, for an input padded to the network's multiple.
  func voxels(_ extents: SpatialAxes, at level: Int) -> Int {
    self.extents(extents, at: level).product
  }
}
