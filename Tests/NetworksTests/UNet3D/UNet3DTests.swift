import Compute
import Networks
import Tensors
import TestSupport
import Testing

/// The architecture: parameter counts, names, sizes it takes, and what it refuses.
@Suite struct UNet3DTests {
  /// The published counts (Tokuoka et al., 2020, and its reproductions), for both heads.
  @Test(arguments: [
    (UNetConfiguration.unet, 19_073_665, 19_073_730), (.nsn, 1_147_585, 1_147_618),
    (.ndn, 44_450_473, 44_450_498),
  ])
  func parameterCounts(configuration: UNetConfiguration, one: Int, two: Int) throws {
    for (outputs, expected) in [(1, one), (2, two)] {
      var configuration = configuration
      configuration.outputs = outputs
      var network = try UNet3D(configuration)
      var count = 0
      network.forEachParameter { count += $0.value.count }
      #expect(count == expected)
      #expect(configuration.parameterCount == expected)
    }
  }

  /// Multiply–adds at 128³ in 10⁹, counted for the published table.
  @Test(arguments: [(UNetConfiguration.unet, 1954), (.nsn, 423), (.ndn, 1326)])
  func multiplyAdds(configuration: UNetConfiguration, giga: Int) {
    let count = configuration.multiplyAdds(for: SpatialAxes(128))
    #expect(Int((Double(count) * 1e-9).rounded()) == giga)
    // Odd sizes are padded to the multiple.
    let multiple = configuration.multiple
    #expect(
      configuration.multiplyAdds(for: SpatialAxes(3 * multiple - 1))
        == configuration.multiplyAdds(for: SpatialAxes(3 * multiple)))
  }

  @Test func namesAreUnique() throws {
    var network = try UNet3D(UNetConfiguration(levels: 3, base: 1, kernel: 3))
    var names: [String] = []
    network.forEachParameter { names.append($0.name) }
    network.forEachBuffer { names.append($0.name) }
    #expect(Set(names).count == names.count)
    #expect(names.first == "encoder.0.convolution.0.weight")
    #expect(names.contains("decoder.1.upsampling.bias"))
    #expect(names.contains("encoder.2.normalization.1.running_var"))
  }

  /// A small network with hashed weights.
  static func small(
    levels: Int = 3, base: Int = 2, kernel: Int = 3, outputs: Int = 1
  ) throws -> UNet3D {
    var network = try UNet3D(
      UNetConfiguration(levels: levels, base: base, kernel: kernel, outputs: outputs))
    var stream = 0
    network.forEachParameter { parameter in
      parameter.value = HashedNumbers.parameter(
        parameter.name, shape: parameter.value.shape, stream: stream)
      stream += 1
    }
    return network
  }

  /// Any size: mirrored at the far ends to the multiple, and cropped back.
  @Test(arguments: [[5, 7, 9], [1, 1, 1], [4, 8, 6], [3, 4, 13]] as [SpatialAxes])
  func anySizeIsPaddedAndCropped(extents: SpatialAxes) throws {
    var network = try Self.small()
    var generator = SeededGenerator(seed: 101)
    let input = Tensor.normal(
      .activation(batch: 2, channels: 1, extents: extents), using: &generator)
    var workspace = Workspace()
    let output = try network.predict(input, workspace: &workspace)
    #expect(output.shape == input.shape)
    let padded = try Padding.mirror(input, to: network.paddedExtents(extents))
    #expect(padded.shape.extents == network.paddedExtents(extents))
    let expected = try Padding.crop(
      network.predict(padded, workspace: &workspace), to: extents)
    #expect(output.isIdentical(to: expected))

    let (logits, tape) = try network.forward(input, workspace: &workspace)
    let back = try network.backward(logits, tape: tape, workspace: &workspace)
    #expect(logits.shape == input.shape)
    #expect(back.shape == input.shape)
  }

  @Test func batchStatisticsInInferenceAreThoseOfTraining() throws {
    var network = try Self.small()
    var generator = SeededGenerator(seed: 103)
    let input = Tensor.normal([2, 1, 8, 8, 8], using: &generator)
    // The planner may choose larger tiles for inference than for training.
    try ConvolutionPlanner.$requested.withValue(.im2col) {
      var workspace = Workspace()
      let running = try network.predict(input, workspace: &workspace)
      network.inferenceStatistics = .batch
      let batch = try network.predict(input, workspace: &workspace)
      let training = try network.forward(input, workspace: &workspace).output
      #expect(batch.isIdentical(to: training))
      #expect(!batch.isIdentical(to: running))
    }
  }

  /// Predicting changes nothing; the micro-batches' gradients add up.
  @Test func backwardAddsToTheGradients() throws {
    var network = try Self.small()
    var generator = SeededGenerator(seed: 107)
    let input = Tensor.normal([1, 1, 8, 4, 8], using: &generator)
    var workspace = Workspace()
    func run() throws -> [Tensor] {
      let (logits, tape) = try network.forward(input, workspace: &workspace)
      try network.backwardParameters(logits, tape: tape, workspace: &workspace)
      var gradients: [Tensor] = []
      network.forEachParameter { gradients.append($0.gradient) }
      return gradients
    }
    let (once, twice) = (try run(), try run())
    for (one, two) in zip(once, twice) {
      #expect(largestDifference(one.scalars.map { 2 * $0 }, two.scalars) == 0)
    }
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let network = try Self.small()
    var workspace = Workspace()
    #expect(throws: ShapeError.self) {
      try network.predict(Tensor(zeros: [1, 2, 8, 8, 8]), workspace: &workspace)
    }
    #expect(throws: ShapeError.self) {
      try network.predict(Tensor(zeros: [1, 8, 8, 8]), workspace: &workspace)
    }
    for configuration in [
      UNetConfiguration(levels: 0, base: 4, kernel: 3),
      UNetConfiguration(levels: 3, base: 0, kernel: 3),
      UNetConfiguration(levels: 3, base: 4, kernel: 4),
      UNetConfiguration(levels: 3, base: 4, kernel: 3, outputs: 0),
      UNetConfiguration(levels: 3, base: 4, kernel: 3, momentum: 1.5),
    ] {
      #expect(throws: ShapeError.self) { try UNet3D(configuration) }
    }
  }
}
