import Tensors

/// The number of steps and one or more running tensors ("moments") for each parameter, by its name.
struct OptimizerState: Sendable {
  /// The updates made so far.
  var step = 0
  /// The kinds of moments, as checkpoints name them.
  let moments: [String]
  private var tensors: [String: Tensor] = [:]

  init(moments: [String]) { self.moments = moments }

  /// Whether the parameter has this moment already.
  func has(_ moment: String, _ parameter: Parameter) -> Bool {
    tensors["\(moment).\(parameter.name)"] != nil
  }

  /// Takes a moment of a parameter out, so that it can be changed in place; nil before its first
  /// use.
  mutating func take(_ moment: String, _ parameter: Parameter) -> Tensor? {
    guard let tensor = tensors.removeValue(forKey: "\(moment).\(parameter.name)") else {
      return nil
    }
    precondition(
      tensor.shape == parameter.value.shape,
      "the optimizer knows \(parameter.name) as \(tensor.shape), not \(parameter.value.shape)")
    return tensor
  }

  /// Puts a moment of a parameter back.
  mutating func put(_ moment: String, _ parameter: Parameter, _ tensor: consuming Tensor) {
    tensors["\(moment).\(parameter.name)"] = tensor
  }

  /// The contents of a checkpoint.
  func arrays(prefix: String) -> [String: SafeTensors.Array] {
    var arrays: [String: SafeTensors.Array] = ["\(prefix)step": .int64([Int64(step)], shape: [])]
    for (name, tensor) in tensors { arrays[prefix + name] = .float32(tensor) }
    return arrays
  }

  /// Replaces the state by that of a checkpoint, which must fit the model.
  mutating func restore(
    _ file: SafeTensors, prefix: String, for model: inout some Parameterized
  ) throws(WeightsError) {
    var restored = OptimizerState(moments: moments)
    let steps = try file.integers("\(prefix)step")
    guard steps.count == 1, let step = Int(exactly: steps[0]), step >= 0 else {
      throw WeightsError(
        .mismatch, file: file.source, tensor: "\(prefix)step",
        "expected one number of steps, found \(steps.prefix(4))")
    }
    restored.step = step
    if step > 0 {
      try model.forEachParameter { (parameter) throws(WeightsError) in
        for moment in moments {
          let name = "\(moment).\(parameter.name)"
          restored.tensors[name] = try file.tensor(prefix + name, shape: parameter.value.shape)
        }
      }
    }
    self = restored
  }
}
