import Compute
import Networks
import Tensors
import TestSupport
import Testing

/// The network made ready to predict against the network layer by layer, and against PyTorch.
@Suite struct InferenceNetworkTests {
  /// A network with running statistics of its own.
  private func trained(_ configuration: UNetConfiguration) throws -> UNet3D {
    var network = try UNet3D(configuration)
    var stream = 0
    network.forEachParameter { parameter in
      parameter.value = HashedNumbers.parameter(
        parameter.name, shape: parameter.value.shape, stream: stream)
      stream += 1
    }
    var generator = SeededGenerator(seed: 223)
    network.forEachBuffer { buffer in
      for index in 0..<buffer.value.count {
        buffer.value[index] = Float(
          buffer.name.hasSuffix("running_var")
            ? generator.uniform(in: 0.2...5) : generator.normal())
      }
    }
    return network
  }

  static let configurations = [
    UNetConfiguration(levels: 3, base: 3, kernel: 3),
    UNetConfiguration(levels: 2, base: 5, kernel: 5, outputs: 2),
    UNetConfiguration(levels: 1, base: 4, kernel: 3),
    UNetConfiguration(levels: 4, base: 2, kernel: 1, inputs: 2, epsilon: 1e-3),
  ]

  @Test("Told progress ends at the whole", arguments: configurations)
  func progress(configuration: UNetConfiguration) throws {
    let network = try InferenceNetwork(trained(configuration))
    let input = Tensor(zeros: [1, configuration.inputs, 16, 16, 16])
    let meter = WorkMeter()
    var workspace = Workspace()
    _ = try WorkSpan.$current.withValue(WorkSpan(meter)) {
      try network.predict(input, workspace: &workspace)
    }
    // All steps but the head, which is the smallest.
    #expect(abs(meter.share - 1) < 1e-9)
  }

  /// Folding rounds each weight once more, and slabs sum in another order: of every convolution at
  /// most a few roundings of the sums of magnitudes, which the layers after it pass on.
  private func tolerance(_ network: UNet3D, _ logits: Tensor) -> Double {
    let configuration = network.configuration
    let widest = 3 * configuration.base << configuration.levels
    let taps = configuration.kernel * configuration.kernel * configuration.kernel
    let layers = 4 * configuration.levels - 2
    return Tolerance.sum(
      terms: widest * taps, magnitude: Double(layers) * Double(logits.magnitudes.scalars.max()!))
  }

  /// A core is a part of the whole, wherever it lies.
  @Test(arguments: configurations, [1, 2])
  func coresAreParts(configuration: UNetConfiguration, batch: Int) throws {
    let network = try trained(configuration)
    var generator = SeededGenerator(seed: 229)
    let extents = SpatialAxes(24, 40, 56)
    let input = Tensor.normal(
      .activation(batch: batch, channels: configuration.inputs, extents: extents),
      using: &generator)
    var workspace = Workspace()
    let inference = try InferenceNetwork(network)
    let whole = try inference.predict(input, workspace: &workspace)
    let tolerance = tolerance(network, whole)
    for _ in 0..<12 {
      func cut(_ length: Int) -> (Int, Int) {
        let first = Int.random(in: 0..<length, using: &generator)
        return (first, .random(in: 1...length - first, using: &generator))
      }
      let (z, y, x) = (cut(extents.depth), cut(extents.height), cut(extents.width))
      let core = SpatialRegion(
        origin: SpatialAxes(z.0, y.0, x.0), extents: SpatialAxes(z.1, y.1, x.1))
      let part = try inference.predict(input, core: core, workspace: &workspace)
      let expected = whole.cropped(to: core)
      #expect(part.shape == expected.shape)
      #expect(largestDifference(part.scalars, expected.scalars) <= tolerance, "\(core)")
    }
  }

  @Test(arguments: configurations, [1, 3])
  func foldedEqualsLayerByLayer(configuration: UNetConfiguration, batch: Int) throws {
    let network = try trained(configuration)
    var generator = SeededGenerator(seed: 227)
    let input = Tensor.normal(
      .activation(batch: batch, channels: configuration.inputs, extents: [11, 8, 13]),
      using: &generator)
    var workspace = Workspace()
    let expected = try network.predict(input, workspace: &workspace)
    var inference = try InferenceNetwork(network)
    let whole = try inference.predict(input, workspace: &workspace)
    let tolerance = tolerance(network, expected)
    #expect(whole.shape == expected.shape)
    #expect(largestDifference(whole.scalars, expected.scalars) <= tolerance)
    // In slabs of four planes, and with normalization as a step of its own.
    inference.slabBytes = 0
    let slabs = try inference.predict(input, workspace: &workspace)
    #expect(largestDifference(slabs.scalars, expected.scalars) <= tolerance)
    var unfolded = try InferenceNetwork(network, folding: false)
    unfolded.slabBytes = 0
    let plain = try unfolded.predict(input, workspace: &workspace)
    #expect(largestDifference(plain.scalars, expected.scalars) <= tolerance)
    // Later changes of the network do not reach it; the comparison can fail.
    var changed = network
    changed.forEachParameter { $0.value.scale(by: 0.9) }
    let other = try changed.predict(input, workspace: &workspace)
    #expect(largestDifference(other.scalars, expected.scalars) > tolerance)
  }

  /// Statistics of the volume at hand cannot be folded.
  @Test func batchStatisticsStayAStep() throws {
    var network = try trained(Self.configurations[0])
    network.inferenceStatistics = .batch
    var generator = SeededGenerator(seed: 229)
    let input = Tensor.normal([2, 1, 8, 12, 8], using: &generator)
    // The planner may choose larger tiles for inference than for training.
    try ConvolutionPlanner.$requested.withValue(.im2col) {
      var workspace = Workspace()
      let expected = try network.forward(input, workspace: &workspace).output
      let found = try InferenceNetwork(network).predict(input, workspace: &workspace)
      #expect(found.isIdentical(to: expected))
    }
  }

  /// PyTorch's inference after one training step, folded and in slabs.
  @Test(arguments: NetworkRecord.names) func equalsPyTorch(name: String) throws {
    let record = try NetworkRecord(name)
    var network = try record.network()
    let (input, _) = try record.sample()
    var workspace = Workspace()
    _ = try network.forward(input, workspace: &workspace)
    var inference = try InferenceNetwork(network)
    let tolerance =
      try UNet3DFixtureTests.Convolutions.planned.factor * record.file.doubles("inferenceDeviation")
      .max()!
    for slabBytes in [64 << 20, 0] {
      inference.slabBytes = slabBytes
      let logits = try inference.predict(input, workspace: &workspace)
      #expect(
        try largestDifference(record.strided(logits), record.file.doubles("inference"))
          <= tolerance)
    }
  }

  @Test(arguments: NetworkRecord.names) func sameBitsForAnyThreadCount(name: String) throws {
    let record = try NetworkRecord(name)
    var inference = try InferenceNetwork(record.network())
    let (input, _) = try record.sample()
    let isEqual = try isEqualForAnyThreadCount {
      var workspace = Workspace()
      inference.slabBytes = 64 << 20
      let whole = try inference.predict(input, workspace: &workspace)
      inference.slabBytes = 0
      return [whole.bits, try inference.predict(input, workspace: &workspace).bits]
    }
    #expect(isEqual)
  }

  @Test func otherChannelsAreRefused() throws {
    let network = try InferenceNetwork(UNet3D(Self.configurations[0]))
    var workspace = Workspace()
    #expect(throws: ShapeError.self) {
      try network.predict(Tensor(zeros: [1, 2, 8, 8, 8]), workspace: &workspace)
    }
  }
}
