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

  /// Multiply–adds by the level and the side of the network at which they are done: for each voxel
  /// of the encoder's level, and for each voxel that the decoder's level computes.
  package var multiplyAddsPerVoxel: (encoder: [Double], decoder: [Double]) {
    var encoder = [Double](repeating: 0, count: levels)
    var decoder = [Double](repeating: 0, count: max(1, levels - 1))
    for convolution in convolutions {
      switch convolution.kind {
      case .encoder: encoder[convolution.level] += Double(convolution.weights)
      // Once for each voxel of the level below.
      case .upsampling: decoder[convolution.level] += Double(convolution.weights) / 8
      case .decoder, .head: decoder[convolution.level] += Double(convolution.weights)
      }
    }
    return (encoder, decoder)
  }

  /// Multiply–adds of a prediction of which only a core is wanted, convolutions only.
  package func multiplyAdds(in regions: NetworkRegions) -> Double {
    let perVoxel = multiplyAddsPerVoxel
    return perVoxel.encoder.enumerated().reduce(0) {
      $0 + $1.element * Double(regions.encoder[$1.offset].product)
    }
      + perVoxel.decoder.enumerated().reduce(0) {
        $0 + $1.element * Double(regions.computed($1.offset).extents.product)
      }
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
