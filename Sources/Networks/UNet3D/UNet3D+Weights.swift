import Compute
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
  /// - Throws: ``WeightsError`` where one is missing, has another shape or values that cannot be
  ///   computed with; the network is then unchanged.
  public mutating func load(_ file: SafeTensors) throws(WeightsError) {
    var loaded = self
    try loaded.forEachParameter { (parameter) throws(WeightsError) in
      parameter.value = try file.tensor(parameter.name, shape: parameter.value.shape)
    }
    try loaded.forEachBuffer { (buffer) throws(WeightsError) in
      buffer.value = try file.tensor(buffer.name, shape: buffer.value.shape)
    }
    try loaded.checkValues(file: file.source)
    self = loaded
  }

  /// Throws where a parameter or a statistic is NaN or infinite, or a variance is negative; `file`
  /// stands for the weights in the message.
  package func checkValues(file: String) throws(WeightsError) {
    var copy = self
    try copy.forEachParameter { (parameter) throws(WeightsError) in
      try parameter.value.checkWeights(parameter.name, file: file)
    }
    try copy.forEachBuffer { (buffer) throws(WeightsError) in
      try buffer.value.checkWeights(
        buffer.name, file: file, areVariances: buffer.name.hasSuffix(".running_var"))
    }
  }
}

extension Tensor {
  /// Throws where a value is NaN or infinite, or negative among variances.
  ///
  /// - Parameters:
  ///   - name: The tensor in the message.
  ///   - file: The file in the message.
  ///   - areVariances: Whether the values are variances.
  package func checkWeights(
    _ name: String, file: String, areVariances: Bool = false
  ) throws(WeightsError) {
    let values = scalars
    if let first = values.firstIndex(where: { !$0.isFinite }) {
      let count = values.count { !$0.isFinite }
      throw WeightsError(
        .unusable, file: file, tensor: name,
        "\(count) of \(values.count.counted("number")) \(count == 1 ? "is" : "are") NaN, infinite or "
          + "beyond float32, the first at \(index(ofValue: first)); expected finite weights")
    }
    if areVariances, let first = values.firstIndex(where: { $0 < 0 }) {
      throw WeightsError(
        .unusable, file: file, tensor: name,
        "the variance of channel \(first) is \(values[first]); a variance is not negative")
    }
  }

  /// The index along each axis of a value in row-major order, for example `[2, 0, 1]`.
  private func index(ofValue offset: Int) -> [Int] {
    var rest = offset
    return shape.dimensions.reversed().map { extent in
      defer { rest /= extent }
      return rest % extent
    }.reversed()
  }
}
