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

  /// Moves all parameters and buffers towards those of another network of the same names and
  /// shapes: (1 − share) of its own and `share` of the other's.
  public mutating func move(towards other: UNet3D, share: Double) {
    let tensors = other.tensors
    func between(_ name: String, _ own: Tensor) -> Tensor {
      guard let tensor = tensors[name], tensor.shape == own.shape else {
        preconditionFailure("weights are mixed between networks of one architecture")
      }
      return Tensor(
        zip(own.scalars, tensor.scalars).map {
          Float((1 - share) * Double($0) + share * Double($1))
        }, shape: own.shape)
    }
    forEachParameter { $0.value = between($0.name, $0.value) }
    forEachBuffer { $0.value = between($0.name, $0.value) }
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
