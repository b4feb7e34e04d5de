import Networks
import Tensors

/// A model with nothing but two parameters and a buffer.
struct ToyModel: Parameterized, Sendable {
  var weight: Parameter
  var bias: Parameter
  var statistics = Buffer(name: "statistics", value: Tensor(zeros: [2]))

  init(weight: Tensor, bias: Tensor) {
    self.weight = Parameter(name: "weight", value: weight, decays: true)
    self.bias = Parameter(name: "bias", value: bias, decays: false)
  }

  mutating func forEachParameter<Failure: Error>(
    _ body: (inout Parameter) throws(Failure) -> Void
  ) throws(Failure) {
    try body(&weight)
    try body(&bias)
  }

  mutating func forEachBuffer<Failure: Error>(
    _ body: (inout Buffer) throws(Failure) -> Void
  ) throws(Failure) {
    try body(&statistics)
  }
}
