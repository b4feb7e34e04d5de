import Compute
import Tensors

/// One step of a network.
///
/// ``predict(_:workspace:)`` keeps nothing; ``forward(_:workspace:)`` also returns the tape that
/// ``backward(_:tape:workspace:)`` consumes. Backward *adds* to the parameters' gradients, so
/// micro-batches accumulate, and returns the gradient of the layer's input.
///
/// Activations, gradients and tapes are consumed: if the caller gives them away (`consume x`),
/// their memory is used again or freed as soon as it can be.
public protocol Layer: Parameterized, Sendable {
  /// What backward needs, nothing else.
  associatedtype Tape: Sendable

  /// The shape of the output for this input; throws where the layer cannot take it.
  func outputShape(for input: Shape) throws(ShapeError) -> Shape

  /// The output in inference.
  func predict(
    _ input: consuming Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor

  /// The output in training, where batch normalization uses and updates statistics.
  mutating func forward(
    _ input: consuming Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> (output: Tensor, tape: Tape)

  /// The gradient of the input from the gradient of the output.
  mutating func backward(
    _ gradient: consuming Tensor, tape: consuming Tape, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor
}
