import Tensors

/// What a network costs, from its architecture alone: nothing is allocated.
extension UNetConfiguration {
  /// A convolution of the network.
  private struct Layer {
    /// Channels in and out.
    var inputs: Int
    var outputs: Int
    /// Taps of the window.
    var taps: Int
    /// The level at whose resolution it multiplies.
    var level: Int
    /// Whether batch normalization follows.
    var isNormalized: Bool

    var weights: Int { inputs * outputs * taps }
    /// Weights, biases, and γ and β where batch normalization follows.
    var parameters: Int { weights + outputs * (isNormalized ? 3 : 1) }
  }

  /// All convolutions: blocks down, then up with their transposed convolutions, then the head.
  private var layers: [Layer] {
    let window = kernel * kernel * kernel
    func block(_ level: Int, _ inputs: Int, _ middle: Int) -> [Layer] {
      let outputs = channels(at: level)
      return [(inputs, middle), (middle, outputs)].map {
        Layer(inputs: $0.0, outputs: $0.1, taps: window, level: level, isNormalized: true)
      }
    }
    var layers: [Layer] = []
    for level in 0..<levels {
      let incoming = level == 0 ? inputs : channels(at: level - 1)
      layers += block(level, incoming, level == 0 ? base : incoming)
    }
    for level in (0..<levels - 1).reversed() {
      let lower = channels(at: level + 1)
      // A transposed convolution of stride 2 multiplies once per voxel of the level below.
      layers.append(
        Layer(inputs: lower, outputs: lower, taps: 8, level: level + 1, isNormalized: false))
      layers += block(level, lower + channels(at: level), channels(at: level))
    }
    layers.append(
      Layer(inputs: channels(at: 0), outputs: outputs, taps: 1, level: 0, isNormalized: false))
    return layers
  }

  /// Trained parameters.
  public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameters } }

  /// Multiply–adds of one forward pass over an input of `extents` (batch 1), convolutions only; a
  /// training step takes three times as many.
  public func multiplyAdds(for extents: SpatialAxes) -> Int {
    layers.reduce(0) { $0 + $1.weights * voxels(extents, at: $1.level) }
  }

  /// The voxels of one channel at a level, for an input padded to the network's multiple.
  func voxels(_ extents: SpatialAxes, at level: Int) -> Int {
    let padded = paddedExtents(extents)
    return (padded.depth >> level) * (padded.height >> level) * (padded.width >> level)
  }
}
