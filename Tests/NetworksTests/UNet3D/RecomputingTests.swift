import Compute
import Networks
import Tensors
import TestSupport
import Testing

/// Backward that computes activations again, and forward in slabs.
@Suite struct RecomputingTests {
  private struct Step: Equatable {
    var logits: [UInt32]
    var back: [UInt32]
    var gradients: [[UInt32]] = []
    var statistics: [[UInt32]] = []
  }

  private func step(
    _ record: NetworkRecord, recomputing: Bool, slabBytes: Int
  ) throws -> Step {
    var network = try record.network()
    network.recomputesActivations = recomputing
    network.slabBytes = slabBytes
    let (input, target) = try record.sample()
    var workspace = Workspace()
    let (logits, tape) = try network.forward(input, workspace: &workspace)
    let (_, gradient) = try record.loss(logits, target: target)
    let back = try network.backward(gradient, tape: tape, workspace: &workspace)
    var step = Step(logits: logits.bits, back: back.bits)
    network.forEachParameter { step.gradients.append($0.gradient.bits) }
    network.forEachBuffer { step.statistics.append($0.value.bits) }
    return step
  }

  /// The same operations, so the same bits; running statistics move once.
  @Test(arguments: NetworkRecord.names, [64 << 20, 0])
  func recomputingGivesTheSameBits(name: String, slabBytes: Int) throws {
    let record = try NetworkRecord(name)
    let kept = try step(record, recomputing: false, slabBytes: slabBytes)
    let recomputed = try step(record, recomputing: true, slabBytes: slabBytes)
    let isEqual = kept == recomputed  // outside the macro, which would print every number
    #expect(isEqual)
  }

  /// Slabs change no more than the order of sums does: with direct sums, as close to PyTorch.
  @Test(arguments: NetworkRecord.names) func slabsEqualTheWhole(name: String) throws {
    let record = try NetworkRecord(name)
    try ConvolutionPlanner.$requested.withValue(.im2col) {
      var network = try record.network()
      network.slabBytes = 0
      let (input, target) = try record.sample()
      var workspace = Workspace()
      let (logits, tape) = try network.forward(input, workspace: &workspace)
      let tolerance =
        try UNet3DFixtureTests.Convolutions.planned.factor * record.file.doubles("logitsDeviation")
        .max()!
      #expect(
        try largestDifference(record.strided(logits), record.file.doubles("logits")) <= tolerance)
      let (_, gradient) = try record.loss(logits, target: target)
      try network.backwardParameters(gradient, tape: tape, workspace: &workspace)
      let gradients = try GradientRecord(record.file)
      network.forEachParameter { parameter in
        let error = gradients.error(of: parameter.gradient, named: parameter.name)
        #expect(
          error <= UNet3DFixtureTests.Convolutions.planned.factor, "gradient of \(parameter.name)")
      }
    }
  }

  /// A network of one level has neither skips nor a decoder.
  @Test func oneLevel() throws {
    var generator = SeededGenerator(seed: 233)
    let input = Tensor.normal([2, 1, 5, 6, 7], using: &generator)
    let configuration = UNetConfiguration(levels: 1, base: 2, kernel: 3)
    let start = try UNet3D(configuration, initializer: .heNormal, seed: 3)
    func gradients(recomputing: Bool) throws -> [[UInt32]] {
      var network = start
      network.recomputesActivations = recomputing
      var workspace = Workspace()
      let (logits, tape) = try network.forward(input, workspace: &workspace)
      var bits = [try network.backward(logits, tape: tape, workspace: &workspace).bits]
      network.forEachParameter { bits.append($0.gradient.bits) }
      return bits
    }
    let isEqual = try gradients(recomputing: true) == gradients(recomputing: false)
    #expect(isEqual)
  }
}
