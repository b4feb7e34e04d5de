import Compute
import Tensors
import TestSupport
import Testing

/// Convolutions of stacks and slabs against the convolution of the whole concatenation.
@Suite struct StackedConvolutionTests {
  /// A random convolution whose input is cut along the channels.
  struct Case {
    let example: RandomConvolution
    let parts: [Tensor]

    init(seed: Int, stride: Bool = true) throws {
      var candidate = try RandomConvolution(seed: seed)
      var next = seed
      while candidate.input.shape.channels < 2 || !stride && candidate.geometry.stride.depth > 1 {
        next += 10_000
        candidate = try RandomConvolution(seed: next)
      }
      example = candidate
      let channels = example.input.shape.channels
      let first = 1 + seed % (channels - 1)
      let (a, rest) = try Channels.split(example.input, at: first)
      if rest.shape.channels > 1, seed % 3 == 0 {
        let (b, c) = try Channels.split(rest, at: 1)
        parts = [a, b, c]
      } else {
        parts = [a, rest]
      }
    }

    /// The float32 tolerances of the output, the input gradient and the weight gradient.
    func tolerances(workspace: inout Workspace) throws -> (Double, Double, Double) {
      let (x, w, dy) = (
        example.input.magnitudes, example.weight.magnitudes, example.upstream.magnitudes
      )
      func bound(_ terms: Int, _ magnitudes: Tensor) -> Double {
        Tolerance.sum(terms: terms, magnitude: Double(magnitudes.scalars.max()!), factor: 8)
      }
      return (
        bound(
          example.terms.output,
          try Convolution.forward(
            x, weight: w, bias: example.bias.magnitudes, geometry: example.geometry,
            workspace: &workspace)),
        bound(
          example.terms.inputGradient,
          try Convolution.inputGradient(
            dy, weight: w, extents: example.input.shape.extents, geometry: example.geometry,
            workspace: &workspace)),
        bound(
          example.terms.weightGradient,
          try Convolution.weightGradient(
            dy, input: x, geometry: example.geometry, workspace: &workspace))
      )
    }
  }

  @Test(arguments: 0..<40) func stackEqualsConcatenation(seed: Int) throws {
    let example = try Case(seed: 2000 + seed)
    var workspace = Workspace()
    let whole = try example.example.run(workspace: &workspace)
    let (forward, input, weight) = try example.tolerances(workspace: &workspace)
    let stack = try ChannelStack(example.parts)
    #expect(stack.shape == example.example.input.shape)
    let output = try Convolution.forward(
      stack, weight: example.example.weight, bias: example.example.bias,
      geometry: example.example.geometry,
      workspace: &workspace)
    #expect(largestDifference(output.scalars, whole.output.scalars) <= forward)
    let gradient = try Convolution.weightGradient(
      example.example.upstream, input: stack, geometry: example.example.geometry,
      workspace: &workspace)
    #expect(gradient.shape == example.example.weight.shape)
    #expect(largestDifference(gradient.scalars, whole.weightGradient.scalars) <= weight)
    let gradients = try Convolution.inputGradients(
      example.example.upstream, weight: example.example.weight, channels: stack.channels,
      extents: example.example.input.shape.extents, geometry: example.example.geometry,
      workspace: &workspace)
    #expect(gradients.map(\.shape) == example.parts.map(\.shape))
    var joined = gradients[0]
    for part in gradients.dropFirst() { joined = try Channels.concatenate(joined, part) }
    #expect(largestDifference(joined.scalars, whole.inputGradient.scalars) <= input)
  }

  /// Slabs of every size, from parts that hold no more planes than they must.
  @Test(arguments: 0..<40) func slabsEqualTheWhole(seed: Int) throws {
    let example = try Case(seed: 3000 + seed, stride: false)
    var workspace = Workspace()
    let (tolerance, _, _) = try example.tolerances(workspace: &workspace)
    let prepared = try PreparedConvolution(
      weight: example.example.weight, bias: example.example.bias,
      geometry: example.example.geometry,
      relu: seed.isMultiple(of: 2))
    let whole = try prepared(ChannelStack(example.parts), workspace: &workspace)
    let geometry = example.example.geometry
    let span = geometry.dilation.depth * (geometry.kernel.depth - 1)
    let (depth, size) = (example.example.input.shape.depth, 1 + seed % 4)
    var output = Tensor(repeating: .nan, shape: whole.shape)
    for start in stride(from: 0, to: whole.shape.depth, by: size) {
      let planes = start..<min(whole.shape.depth, start + size)
      let needed =
        (planes.lowerBound - geometry.padding.depth..<planes.upperBound + span
        - geometry.padding.depth).clamped(to: 0..<depth)
      let parts = example.parts.enumerated().map { index, part in
        index == 0
          ? ChannelStack.Part(part)
          : ChannelStack.Part(part.planes(needed), firstPlane: needed.lowerBound)
      }
      try prepared(parts, planes: planes, into: &output, workspace: &workspace)
    }
    #expect(largestDifference(output.scalars, whole.scalars) <= tolerance)
  }

  /// Scaled output channels, by every algorithm: the same as scaled weights.
  @Test(arguments: [ConvolutionAlgorithm.im2col, .direct, .transforms([4, 4, 1])])
  func scalesMultiplyTheWeight(algorithm: ConvolutionAlgorithm) throws {
    var generator = SeededGenerator(seed: 61)
    let example = try RandomConvolution(
      .same(kernel: 3), batch: 2, inputs: 5, outputs: 7, extents: [6, 9, 11],
      generator: &generator)
    // Powers of two: exact, so that the bits are the same.
    let scales = (0..<7).map { [1, -2, 0.5, 0, 4, 0.25, -1][$0] }
    var weight = example.weight
    for index in 0..<weight.count { weight[index] *= Float(scales[index / (5 * 27)]) }
    try ConvolutionPlanner.$requested.withValue(algorithm) {
      var workspace = Workspace()
      let scaled = try PreparedConvolution(
        weight: example.weight, scales: scales, bias: example.bias, geometry: example.geometry,
        relu: true)
      let plain = try PreparedConvolution(
        weight: weight, bias: example.bias, geometry: example.geometry, relu: true)
      let input = try ChannelStack([example.input])
      let expected = try plain(input, workspace: &workspace)
      #expect(try scaled(input, workspace: &workspace).isIdentical(to: expected))
      // Once more with the weights that were kept.
      #expect(try scaled(input, workspace: &workspace).isIdentical(to: expected))
      var slabs = Tensor(repeating: .nan, shape: expected.shape)
      for start in [0, 4] {
        try scaled(
          [ChannelStack.Part(example.input)], planes: start..<min(6, start + 4), into: &slabs,
          workspace: &workspace)
      }
      #expect(largestDifference(slabs.scalars, expected.scalars) < 1e-4)
    }
  }

  @Test func reluLetsNaNPass() throws {
    var workspace = Workspace()
    let prepared = try PreparedConvolution(
      weight: Tensor([1, -1], shape: [2, 1, 1, 1, 1]), bias: nil,
      geometry: ConvolutionGeometry(kernel: 1), relu: true)
    let input = Tensor([.nan, 2, -3], shape: [1, 1, 1, 1, 3])
    let output = try prepared(ChannelStack([input]), workspace: &workspace).scalars
    #expect(output[0].isNaN && output[3].isNaN)
    #expect([output[1], output[2], output[4], output[5]] == [2, 0, 0, 3])
  }

  @Test func whatDoesNotFitIsRefused() throws {
    var workspace = Workspace()
    let a = Tensor(zeros: [1, 2, 4, 4, 4])
    #expect(throws: ShapeError.self) { try ChannelStack([]) }
    #expect(throws: ShapeError.self) { try ChannelStack([a, Tensor(zeros: [1, 2, 4, 4, 5])]) }
    #expect(throws: ShapeError.self) { try ChannelStack([a, Tensor(zeros: [2, 2, 4, 4, 4])]) }
    let geometry = try ConvolutionGeometry.same(kernel: 3)
    #expect(throws: ShapeError.self) {
      try PreparedConvolution(
        weight: Tensor(zeros: [2, 2, 5, 5, 5]), bias: nil, geometry: geometry, relu: false)
    }
    #expect(throws: ShapeError.self) {
      try PreparedConvolution(
        weight: Tensor(zeros: [2, 2, 3, 3, 3]), bias: Tensor(zeros: [3]), geometry: geometry,
        relu: false)
    }
    #expect(throws: ShapeError.self) {
      try PreparedConvolution(
        weight: Tensor(zeros: [2, 2, 3, 3, 3]), scales: [1], bias: nil, geometry: geometry,
        relu: false)
    }
    let prepared = try PreparedConvolution(
      weight: Tensor(zeros: [3, 2, 3, 3, 3]), bias: nil, geometry: geometry, relu: false)
    #expect(throws: ShapeError.self) {
      try prepared(ChannelStack([a, a]), workspace: &workspace)
    }
    // Planes 1..<3 of the output need planes 0..<4 of the input.
    var output = Tensor(zeros: [1, 3, 4, 4, 4])
    let part = ChannelStack.Part(a.planes(1..<4), firstPlane: 1)
    #expect(throws: ShapeError.self) {
      try prepared([part], planes: 1..<3, into: &output, workspace: &workspace)
    }
    #expect(throws: ShapeError.self) {
      try prepared([.init(a)], planes: 2..<5, into: &output, workspace: &workspace)
    }
    var other = Tensor(zeros: [1, 2, 4, 4, 4])
    #expect(throws: ShapeError.self) {
      try prepared([.init(a)], planes: 1..<3, into: &other, workspace: &workspace)
    }
  }
}
