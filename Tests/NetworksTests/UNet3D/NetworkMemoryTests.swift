import Compute
import Networks
import Tensors
import TestSupport
import Testing

/// The memory that a configuration promises against what is taken.
@Suite struct NetworkMemoryTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let configuration: UNetConfiguration
    let extents: SpatialAxes
    var batch = 1
    var core: SpatialRegion?
    var testDescription: String {
      "levels \(configuration.levels), base \(configuration.base), kernel "
        + "\(configuration.kernel), \(batch) × \(extents)"
        + (core.map { ", \($0.extents) from \($0.origin) on" } ?? "")
    }

    func input() -> Tensor {
      var generator = SeededGenerator(seed: 211)
      return .normal(
        .activation(batch: batch, channels: configuration.inputs, extents: extents),
        using: &generator)
    }
  }

  /// Shallow and deep, slabs and none (the level is above 64 MiB upsampled in the last two).
  static let cases = [
    Case(configuration: UNetConfiguration(levels: 3, base: 16, kernel: 3), extents: 40),
    Case(configuration: UNetConfiguration(levels: 1, base: 8, kernel: 3), extents: [40, 56, 48]),
    Case(configuration: UNetConfiguration(levels: 5, base: 4, kernel: 3), extents: 64, batch: 2),
    Case(
      configuration: UNetConfiguration(levels: 2, base: 8, kernel: 3, outputs: 2),
      extents: [96, 80, 92]),
    Case(
      configuration: UNetConfiguration(levels: 3, base: 12, kernel: 5), extents: [80, 76, 80]),
  ]

  /// Cores in the middle and at the ends of large and small inputs.
  static let cores = [
    Case(
      configuration: UNetConfiguration(levels: 3, base: 12, kernel: 3), extents: [64, 96, 104],
      core: SpatialRegion(origin: [24, 24, 24], extents: [16, 48, 56])),
    Case(
      configuration: UNetConfiguration(levels: 4, base: 8, kernel: 3), extents: [56, 128, 120],
      core: SpatialRegion(origin: [0, 48, 48], extents: [56, 32, 24])),
    Case(
      configuration: UNetConfiguration(levels: 2, base: 16, kernel: 5), extents: [40, 64, 64],
      core: SpatialRegion(origin: [0, 0, 20], extents: [16, 40, 44])),
  ]

  /// What is taken, and the sixteenth that the pool may keep of it.
  private func measure(_ body: (inout Workspace) throws -> Void) throws -> Double {
    let (_, bytes) = try MemoryMeter.peak {
      var workspace = Workspace()
      try body(&workspace)
    }
    return Double(bytes) * 17 / 16
  }

  @Test(arguments: cases + cores) func prediction(it: Case) throws {
    let measured = try measure { workspace in
      let network = try InferenceNetwork(
        UNet3D(it.configuration, initializer: .heNormal, seed: 1))
      _ = try network.predict(it.input(), core: it.core, workspace: &workspace)
    }
    let planned = Double(
      it.configuration.predictionBytes(for: it.extents, batch: it.batch)
        - it.configuration.activationBytes(for: it.extents, batch: it.batch)
        + it.configuration.activationBytes(for: it.extents, core: it.core, batch: it.batch))
    // Of cores the workspace is planned for whole inputs.
    let least = it.core == nil ? 0.9 : 0.6
    #expect((least..<1.1).contains(measured / planned), "\(measured / planned) of the plan")
  }

  @Test(arguments: cases, [false, true]) func training(it: Case, recomputing: Bool) throws {
    let measured = try measure { workspace in
      var network = try UNet3D(it.configuration, initializer: .heNormal, seed: 1)
      network.recomputesActivations = recomputing
      // The second step has the workspace of the first.
      for _ in 0..<2 {
        clearGradients(of: &network)
        var (logits, tape) = try network.forward(it.input(), workspace: &workspace)
        let gradient = logits
        logits.scale(by: 0.5)  // a tensor of its own, as a loss gives it
        try network.backwardParameters(
          consume gradient, tape: consume tape, workspace: &workspace)
      }
    }
    let planned = Double(
      it.configuration.trainingBytes(
        for: it.extents, batch: it.batch, moments: 0, recomputing: recomputing))
    #expect(abs(measured / planned - 1) < 0.1, "\(measured / planned) of the plan")
  }

  /// Recomputing takes less, and predicting much less than training.
  @Test func order() {
    for configuration in [UNetConfiguration.nsn, .ndn, .unet] {
      let extents = SpatialAxes(128)
      let prediction = configuration.predictionBytes(for: extents)
      let saving = configuration.trainingBytes(for: extents, moments: 1, recomputing: true)
      let training = configuration.trainingBytes(for: extents, moments: 1)
      #expect(prediction < saving && saving < training)
    }
  }

  /// The memory that is promised at 128³.
  @Test func networksStayWithinTheirGoals() {
    let extents = SpatialAxes(128)
    #expect(UNetConfiguration.nsn.predictionBytes(for: extents) < 1_000_000_000)
    #expect(UNetConfiguration.ndn.predictionBytes(for: extents) < 1_500_000_000)
    #expect(UNetConfiguration.nsn.trainingBytes(for: extents, moments: 1) < 2_400_000_000)
  }
}
