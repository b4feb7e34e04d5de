import Compute
import Tensors

/// Max pooling of 2×2×2 windows: halves every axis. It has no parameters.
public struct MaxPoolingLayer: Layer {
  /// What backward needs: which voxel of every window was the largest.
  public struct Tape: Sendable {
    let indices: MaxPooling.Indices
  }

  /// The layer.
  public init() {}

  /// The shape of the output for this input.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    try MaxPooling.outputShape(for: input)
  }

  /// The pooled input.
  public func predict(
    _ input: consuming Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try MaxPooling.predict(input)
  }

  /// The pooled input, and where the largest voxels were.
  public mutating func forward(
    _ input: consuming Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> (output: Tensor, tape: Tape) {
    let (output, indices) = try MaxPooling.forward(input)
    return (output, Tape(indices: indices))
  }

  /// The gradient of the input.
  public mutating func backward(
    _ gradient: consuming Tensor, tape: consuming Tape, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    MaxPooling.inputGradient(gradient, indices: tape.indices)
  }

  /// None.
  public mutating func forEachParameter<Failure: Error>(
    _ body: (inout Parameter) throws(Failure) -> Void
  ) throws(Failure) {}
}
