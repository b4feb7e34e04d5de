import Tensors

/// A running average of a model's weights, often better than the last weights themselves
/// (Polyak and Juditsky, 1992; PyTorch's `AveragedModel` with `get_ema_multi_avg_fn`):
///
///     a ← w at the first update, then a + (1 − d)(w − a)
///
/// Buffers (the running statistics of batch normalization) are averages already and are copied.
public struct ExponentialMovingAverage: Sendable {
  /// d; 0.999 averages over about a thousand updates.
  public let decay: Double
  /// The updates made so far.
  public private(set) var updateCount = 0
  private var parameters: [String: Tensor] = [:]
  private var buffers: [String: Tensor] = [:]

  /// An average before its first update.
  public init(decay: Double) {
    precondition((0..<1).contains(decay), "the decay of an average lies in [0, 1): \(decay)")
    self.decay = decay
  }

  /// Takes the model's current weights into the average; after each step of the optimizer.
  public mutating func update(with model: inout some Parameterized) {
    let rest = Float(1 - decay)
    model.forEachParameter { parameter in
      guard var average = parameters.removeValue(forKey: parameter.name) else {
        parameters[parameter.name] = parameter.value
        return
      }
      average.approach(parameter.value, rate: rest)
      parameters[parameter.name] = average
    }
    model.forEachBuffer { buffers[$0.name] = $0.value }
    updateCount += 1
  }

  /// Exchanges the model's weights and buffers with the average: once to validate or save with it,
  /// once more to go on training. Does nothing before the first update.
  public mutating func swap(with model: inout some Parameterized) {
    guard updateCount > 0 else { return }
    model.forEachParameter { parameter in
      guard let average = parameters[parameter.name] else {
        preconditionFailure("\(parameter.name) is not part of the average")
      }
      parameters[parameter.name] = parameter.value
      parameter.value = average
    }
    model.forEachBuffer { buffer in
      guard let average = buffers[buffer.name] else {
        preconditionFailure("\(buffer.name) is not part of the average")
      }
      buffers[buffer.name] = buffer.value
      buffer.value = average
    }
  }
}

/// Checkpoints.
extension ExponentialMovingAverage {
  /// `<prefix>updates`, and the averages as `<prefix>parameter.<name>` and `<prefix>buffer.<name>`.
  public func state(prefix: String) -> [String: SafeTensors.Array] {
    var arrays: [String: SafeTensors.Array] = [
      "\(prefix)updates": .int64([Int64(updateCount)], shape: [])
    ]
    for (name, tensor) in parameters { arrays["\(prefix)parameter.\(name)"] = .float32(tensor) }
    for (name, tensor) in buffers { arrays["\(prefix)buffer.\(name)"] = .float32(tensor) }
    return arrays
  }

  /// Replaces the state by one that ``state(prefix:)`` gave, which must fit the model.
  ///
  /// - Throws: ``WeightsError``; the average is then unchanged.
  public mutating func restore(
    _ file: SafeTensors, prefix: String, for model: inout some Parameterized
  ) throws(WeightsError) {
    var restored = ExponentialMovingAverage(decay: decay)
    let updates = try file.integers("\(prefix)updates")
    guard updates.count == 1, let count = Int(exactly: updates[0]), count >= 0 else {
      throw WeightsError(
        .mismatch, file: file.source, tensor: "\(prefix)updates",
        "expected one number of updates, found \(updates.prefix(4))")
    }
    restored.updateCount = count
    if count > 0 {
      try model.forEachParameter { (parameter) throws(WeightsError) in
        restored.parameters[parameter.name] = try file.tensor(
          "\(prefix)parameter.\(parameter.name)", shape: parameter.value.shape)
      }
      try model.forEachBuffer { (buffer) throws(WeightsError) in
        restored.buffers[buffer.name] = try file.tensor(
          "\(prefix)buffer.\(buffer.name)", shape: buffer.value.shape)
      }
    }
    self = restored
  }
}
