import Tensors

extension UNetConfiguration {
  /// Multiply–adds of one forward pass over an input of `extents` (batch 1), convolutions only; a
  /// training step takes three times as many.
  public func multiplyAdds(for extents: SpatialAxes) throws(ShapeError) -> Int {
    let network = try UNet3D(self)
    var total = 0
    let finest = network.paddedExtents(extents).product
    func add(_ convolution: ConvolutionLayer, level: Int) {
      total += convolution.weight.value.count * (finest >> (3 * level))
    }
    for level in network.encoder.indices {
      for convolution in network.encoder[level].convolutions { add(convolution, level: level) }
    }
    for level in network.decoder.indices {
      for convolution in network.decoder[level].convolutions { add(convolution, level: level) }
      total += network.upsampling[level].weight.value.count * (finest >> (3 * (level + 1)))
    }
    add(network.head, level: 0)
    return total
  }

  /// Trained parameters.
  public func parameterCount() throws(ShapeError) -> Int {
    var network = try UNet3D(self)
    var total = 0
    network.forEachParameter { total += $0.value.count }
    return total
  }
}
