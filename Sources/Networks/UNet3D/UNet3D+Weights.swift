import Tensors

extension UNet3D {
  /// All parameters and buffers by name, as weights files hold them.
  public var tensors: [String: Tensor] {
    var copy = self
    var tensors: [String: Tensor] = [:]
    copy.forEachParameter { tensors[$0.name] = $0.value }
    copy.forEachBuffer { tensors[$0.name] = $0.value }
    return tensors
  }

  /// Replaces all parameters and buffers by those of another network of the same names and shapes.
  public mutating func copyWeights(of other: UNet3D) {
    let tensors = other.tensors
    func tensor(_ name: String, _ shape: Shape) -> Tensor {
      guard let tensor = tensors[name], tensor.shape == shape else {
        preconditionFailure("weights are copied between networks of one architecture")
      }
      return tensor
    }
    forEachParameter { $0.value = tensor($0.name, $0.value.shape) }
    forEachBuffer { $0.value = tensor($0.name, $0.value.shape) }
  }

  /// Replaces all parameters and buffers by those of a file.
  ///
  /// - Throws: ``WeightsError`` where one is missing or has another shape; the network is then
  ///   unchanged.
  public mutating func load(_ file: SafeTensors) throws(WeightsError) {
    var loaded = self
    try loaded.forEachParameter { (parameter) throws(WeightsError) in
      parameter.value = try file.tensor(parameter.name, shape: parameter.value.shape)
    }
    try loaded.forEachBuffer { (buffer) throws(WeightsError) in
      buffer.value = try file.tensor(buffer.name, shape: buffer.value.shape)
    }
    self = loaded
  }
}
