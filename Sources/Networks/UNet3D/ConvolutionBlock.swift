import Compute
import Tensors

/// Twice (convolution, batch normalization, ReLU): one level of a U-Net.
///
/// Of each step one tensor is kept for backward, the output of its convolution ("raw"). What batch
/// normalization and ReLU make of it is computed again where it is needed: one pass over memory.
struct ConvolutionBlock: Parameterized, Sendable {
  /// The convolutions, both of stride 1 and "same" padding.
  var convolutions: [ConvolutionLayer]
  /// The normalization, with ReLU, after each.
  var normalizations: [BatchNormalizationLayer]

  /// What backward needs beside the block's input.
  struct Tape: Sendable {
    /// The outputs of the convolutions; nil if backward computes them again, and after it has
    /// used them.
    var raw: [Tensor?]
    /// Their statistics.
    let statistics: [BatchNormalization.Statistics]
  }

  /// The layers of a block, of zeros.
  init(_ block: UNetBlock, geometry: ConvolutionGeometry, epsilon: Double, momentum: Double) {
    let steps = [block.first, block.second]
    convolutions = steps.map { ConvolutionLayer($0, geometry: geometry) }
    normalizations = steps.compactMap { convolution in
      convolution.normalizationName.map {
        BatchNormalizationLayer(
          name: $0, channels: convolution.outputs, epsilon: epsilon, momentum: momentum,
          hasReLU: true)
      }
    }
  }

  /// The rest of the block, from the output of its first convolution, which is not kept if
  /// backward computes it again.
  mutating func forward(
    _ first: consuming Tensor, recomputing: Bool, workspace: inout Workspace
  ) throws(ShapeError) -> Tape {
    let statistics = try normalizations[0].measure(first)
    let second: Tensor
    var kept: Tensor?
    if recomputing {
      try normalizations[0].activate(&first, statistics)
      second = try convolutions[1].predict(first, workspace: &workspace)
    } else {
      second = try convolutions[1].predict(
        normalizations[0].activation(of: first, statistics), workspace: &workspace)
      kept = first
    }
    let last = try normalizations[1].measure(second)
    return Tape(raw: [kept, second], statistics: [statistics, last])
  }

  /// The block's output.
  func output(of tape: Tape) throws(ShapeError) -> Tensor {
    try activation(1, of: tape)
  }

  /// The block's output, in the memory of the second convolution's.
  func takeOutput(of tape: inout Tape) throws(ShapeError) -> Tensor {
    guard var output = tape.raw[1].take() else { Self.isSpent() }
    try normalizations[1].activate(&output, tape.statistics[1])
    return output
  }

  /// The output of a step.
  private func activation(_ step: Int, of tape: Tape) throws(ShapeError) -> Tensor {
    guard let raw = tape.raw[step] else { Self.isSpent() }
    return try normalizations[step].activation(of: raw, tape.statistics[step])
  }

  /// Computes the second convolution's output again from the first one's.
  func recomputeSecond(
    _ tape: inout Tape, workspace: inout Workspace
  ) throws(ShapeError) {
    tape.raw[1] = try convolutions[1].predict(
      activation(0, of: tape), workspace: &workspace)
  }

  /// Turns the gradient of the block's output into that of the second convolution's output, which
  /// is freed.
  mutating func backwardToSecond(
    _ gradient: inout Tensor, tape: inout Tape
  ) throws(ShapeError) {
    guard let raw = tape.raw[1].take() else { Self.isSpent() }
    try normalizations[1].backward(&gradient, input: raw, tape.statistics[1])
  }

  /// Turns the gradient of the second convolution's output into that of the first one's, which is
  /// freed; adds to the gradients of the parameters in between.
  mutating func backwardToFirst(
    _ gradient: inout Tensor, tape: inout Tape, workspace: inout Workspace
  ) throws(ShapeError) {
    try convolutions[1].addParameterGradients(
      gradient, input: ChannelStack([activation(0, of: tape)]), workspace: &workspace)
    gradient = try convolutions[1].inputGradient(
      gradient, extents: gradient.shape.extents, workspace: &workspace)
    guard let raw = tape.raw[0].take() else { Self.isSpent() }
    try normalizations[0].backward(&gradient, input: raw, tape.statistics[0])
  }

  private static func isSpent() -> Never {
    preconditionFailure("a tape can be run back once")
  }

  /// Convolution 0, normalization 0, convolution 1, normalization 1.
  mutating func forEachParameter<Failure: Error>(
    _ body: (inout Parameter) throws(Failure) -> Void
  ) throws(Failure) {
    for index in convolutions.indices {
      try convolutions[index].forEachParameter(body)
      try normalizations[index].forEachParameter(body)
    }
  }

  /// The running statistics, in order.
  mutating func forEachBuffer<Failure: Error>(
    _ body: (inout Buffer) throws(Failure) -> Void
  ) throws(Failure) {
    for index in normalizations.indices { try normalizations[index].forEachBuffer(body) }
  }
}
