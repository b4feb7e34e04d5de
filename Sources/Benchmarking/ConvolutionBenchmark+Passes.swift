import Compute
import Networks
import Tensors

extension ConvolutionBenchmark {
  /// The random tensors that a layer is timed with, made when they are asked for.
  private struct Operands {
    let layer: PlacedConvolution
    let batch: Int
    let seed: UInt64

    var weight: Tensor {
      BenchmarkTensor.noise(layer.weightShape, in: -0.1...0.1, seed: seed, stream: 1)
    }
    var bias: Tensor {
      BenchmarkTensor.noise([layer.outputs], in: -0.1...0.1, seed: seed, stream: 2)
    }
    var input: Tensor {
      BenchmarkTensor.noise(layer.inputShape(batch: batch), in: -1...1, seed: seed, stream: 3)
    }
    var outputGradient: Tensor {
      BenchmarkTensor.noise(layer.outputShape(batch: batch), in: -1...1, seed: seed, stream: 4)
    }
  }

  /// Times one pass of one layer.
  func time(
    _ layer: PlacedConvolution, _ pass: Pass, seed: UInt64, workspace: inout Workspace
  ) throws -> ConvolutionTiming {
    let operands = Operands(layer: layer, batch: batch, seed: seed)
    let timing =
      switch pass {
      case .forward: try timeForward(operands, workspace: &workspace)
      case .inputGradient: try timeInputGradient(operands, workspace: &workspace)
      case .weightGradient: try timeWeightGradient(operands, workspace: &workspace)
      }
    let plan = try layer.plan(pass, isPrepared: isPrepared, batch: batch)
    return ConvolutionTiming(
      layer: layer, pass: pass, batch: batch, plan: layer.planName(plan),
      computedMultiplyAdds: plan?.multiplyAdds ?? layer.multiplyAdds * batch, timing: timing)
  }

  private func timeForward(
    _ operands: Operands, workspace: inout Workspace
  ) throws -> Timing {
    let (layer, geometry) = (operands.layer, operands.layer.geometry)
    let (x, weight, bias) = (operands.input, operands.weight, operands.bias)
    switch layer.kind {
    case .convolution where isPrepared:
      let prepared = try PreparedConvolution(
        weight: weight, bias: bias, geometry: geometry, relu: layer.name != "head")
      let stack = try ChannelStack([x])
      return try timing { try prepared(stack, workspace: &workspace) }
    case .convolution:
      return try timing {
        try Convolution.forward(
          x, weight: weight, bias: bias, geometry: geometry, workspace: &workspace)
      }
    case .transposed:
      return try timing {
        try TransposedConvolution.forward(
          x, weight: weight, bias: bias, geometry: geometry, workspace: &workspace)
      }
    }
  }

  private func timeInputGradient(
    _ operands: Operands, workspace: inout Workspace
  ) throws -> Timing {
    let (layer, geometry) = (operands.layer, operands.layer.geometry)
    let (dy, weight) = (operands.outputGradient, operands.weight)
    switch layer.kind {
    case .convolution:
      return try timing {
        try Convolution.inputGradient(
          dy, weight: weight, extents: layer.input, geometry: geometry, workspace: &workspace)
      }
    case .transposed:
      return try timing {
        try TransposedConvolution.inputGradient(
          dy, weight: weight, geometry: geometry, workspace: &workspace)
      }
    }
  }

  private func timeWeightGradient(
    _ operands: Operands, workspace: inout Workspace
  ) throws -> Timing {
    let geometry = operands.layer.geometry
    let (x, dy) = (operands.input, operands.outputGradient)
    switch operands.layer.kind {
    case .convolution:
      return try timing {
        try Convolution.weightGradient(dy, input: x, geometry: geometry, workspace: &workspace)
      }
    case .transposed:
      return try timing {
        try TransposedConvolution.weightGradient(
          dy, input: x, geometry: geometry, workspace: &workspace)
      }
    }
  }

  private func timing(_ body: () throws -> Tensor) throws -> Timing {
    try Timing.of(repetitions: repetitions, minimumSeconds: Self.minimumSeconds) {
      _ = try body()
    }
  }
}
