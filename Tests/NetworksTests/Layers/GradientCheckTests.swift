import Compute
import Networks
import Tensors
import TestSupport
import Testing

/// Every layer's gradients by central differences, the input's and each parameter's.
@Suite struct GradientCheckTests {
  /// Hashed values for all parameters; the gradient of the input, then that of every parameter.
  ///
  /// Differences across a kink mean nothing, so batch normalization is scaled to keep ReLU's inputs
  /// away from 0: most channels stay above, every third below.
  private func check<L: Layer>(
    _ layer: L, _ shape: Shape, step: Double, seed: UInt64,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var layer = layer
    var names: [String] = []
    var generator = SeededGenerator(seed: 109, stream: seed)
    layer.forEachParameter { parameter in
      let stream = 1000 + names.count
      parameter.value = HashedNumbers.parameter(
        parameter.name, shape: parameter.value.shape, stream: stream)
      if parameter.name.contains(".normalization.") {
        let isScale = parameter.name.hasSuffix(".weight")
        for index in 0..<parameter.value.count {
          parameter.value[index] =
            isScale ? parameter.value[index] / 4 : index % 3 == 2 ? -1.5 : 1.5
        }
      }
      names.append(parameter.name)
    }
    // A shuffled ramp: no two voxels of a pooling window closer than the step.
    let input = Tensor(
      (0..<shape.count).shuffled(using: &generator).map {
        4 * Float($0) / Float(shape.count) - 2
      }, shape: shape)
    for name in [nil] + names.map(Optional.some) {
      let check = try GradientCheck(
        layer, input: input, parameter: name, step: step, using: &generator)
      #expect(
        check.passes,
        "\(name ?? "input"): \(check.backward) by backward, \(check.differences) ± \(check.tolerance)",
        sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: 0..<3) func convolution(seed: Int) throws {
    let geometries: [ConvolutionGeometry] = [
      try .same(kernel: 3), try ConvolutionGeometry(kernel: 1),
      try ConvolutionGeometry(
        kernel: [3, 2, 5], stride: [2, 1, 1], padding: [1, 0, 3], dilation: [1, 2, 1]),
    ]
    let layer = ConvolutionLayer(name: "layer", inputs: 3, outputs: 5, geometry: geometries[seed])
    // Linear: any step is exact, and a long one drowns rounding.
    try check(layer, [2, 3, 5, 4, 6], step: 1, seed: UInt64(seed))
  }

  @Test func transposedConvolution() throws {
    let layer = TransposedConvolutionLayer(name: "layer", inputs: 4, outputs: 3)
    try check(layer, [2, 4, 2, 3, 4], step: 1, seed: 11)
  }

  @Test(arguments: [false, true]) func batchNormalization(relu: Bool) throws {
    let layer = BatchNormalizationLayer(name: "a.normalization.0", channels: 3, hasReLU: relu)
    try check(layer, [2, 3, 3, 4, 5], step: 0x1p-5, seed: 13)
  }

  /// With the running statistics of another batch, which are constants to the input.
  @Test(arguments: [false, true]) func fixedBatchNormalization(relu: Bool) throws {
    var layer = BatchNormalizationLayer(name: "a.normalization.0", channels: 3, hasReLU: relu)
    var generator = SeededGenerator(seed: 113)
    var workspace = Workspace()
    let shape: Shape = [2, 3, 3, 4, 5]
    _ = try layer.forward(Tensor.normal(shape, using: &generator), workspace: &workspace)
    layer.hasFixedStatistics = true
    let before = (layer.runningMean.value, layer.runningVariance.value)
    try check(layer, shape, step: 0x1p-5, seed: 13)
    let input = Tensor.normal(shape, using: &generator)
    let output = try layer.forward(input, workspace: &workspace).output
    #expect(largestDifference(layer.runningMean.value, before.0) == 0)
    #expect(largestDifference(layer.runningVariance.value, before.1) == 0)
    #expect(try largestDifference(output, layer.predict(input, workspace: &workspace)) == 0)
  }

  @Test func maxPooling() throws {
    try check(PoolingLayer(), [2, 2, 4, 5, 6], step: 0x1p-9, seed: 17)
  }

  @Test func wholeNetwork() throws {
    let network = try UNet3D(UNetConfiguration(levels: 2, base: 2, kernel: 3, outputs: 2))
    // Odd extents: mirror padding and cropping take part.
    try check(network, [1, 1, 6, 7, 5], step: 0x1p-9, seed: 19)
    // Trained as it predicts.
    var fixed = network
    fixed.hasFixedStatistics = true
    try check(fixed, [1, 1, 6, 7, 5], step: 0x1p-9, seed: 19)
  }
}

/// Max pooling as a layer, as ``GradientCheck`` takes; networks call it directly.
private struct PoolingLayer: Layer {
  func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    try MaxPooling.outputShape(for: input)
  }

  func predict(
    _ input: consuming Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try MaxPooling.predict(input)
  }

  mutating func forward(
    _ input: consuming Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> (output: Tensor, tape: MaxPooling.Indices) {
    let (output, indices) = try MaxPooling.forward(input)
    return (output, indices)
  }

  mutating func backward(
    _ gradient: consuming Tensor, tape: consuming MaxPooling.Indices, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    var sum = Tensor(zeros: tape.input)
    MaxPooling.addInputGradient(gradient, indices: tape, to: &sum)
    return sum
  }

  mutating func forEachParameter<Failure: Error>(
    _ body: (inout Parameter) throws(Failure) -> Void
  ) throws(Failure) {}
}
