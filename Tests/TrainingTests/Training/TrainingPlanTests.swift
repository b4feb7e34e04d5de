import Microscopy
import Tensors
import TestSupport
import Testing
import Training

/// What a run announces, counted by hand.
@Suite struct TrainingPlanTests {
  /// 5 volumes of 7 × 13 × 12 voxels of 1.6 × 0.8 × 0.8 µm, 14 × 13 × 12 on the isotropic grid.
  @Test func samplesAndSteps() throws {
    let run = try TrainingRun()
    let cases: [(overrides: [String], samples: Int, steps: Int)] = [
      ([], 4, 4),
      (["training.accumulate=3"], 4, 2),
      (["augmentation={flips: study}", "training.accumulate=3"], 16, 6),
      (
        [
          "sampling={mode: patches, patch: 8, patches_per_volume: 5}", "training.batch_size=3",
          "training.accumulate=2",
        ], 20, 4
      ),
    ]
    for (overrides, samples, steps) in cases {
      let configuration = try run.configuration(overrides: overrides)
      let plan = try Trainer(configuration, output: run.files("a").path).plan
      #expect(plan.samples == samples && plan.stepsPerEpoch == steps)
      #expect(plan.trainingVolumes == 4 && plan.validationVolumes == 1 && plan.epochs == 3)
      #expect(plan.batchSize == configuration.training.batchSize)
    }
  }

  /// Levels 2, base 2, kernel 3: every convolution's inputs × outputs × window × voxels.
  @Test func multiplyAddsAndMemory() throws {
    let run = try TrainingRun()
    let configuration = try run.configuration("optimizer={kind: adam}", "training.ema=0.9")
    let plan = try Trainer(configuration, output: run.files("a").path).plan
    #expect(plan.sample == Extent(depth: 14, height: 13, width: 12))
    // Padded to multiples of 2.
    let fine = 14 * 14 * 12
    let coarse = fine / 8
    let encoder: Int = 27 * (1 * 2 + 2 * 4) * fine + 27 * (4 * 4 + 4 * 8) * coarse
    // Upsampling makes 8 voxels of each coarse one; then 8 + 4 channels to 4, 4 to 4, and 1.
    let decoder: Int = 8 * 8 * 8 * coarse + 27 * (12 * 4 + 4 * 4) * fine + 4 * fine
    // Two operations each; training goes forward and back to inputs and weights.
    #expect(plan.flopsPerSample == Double(6 * (encoder + decoder)))
    #expect(plan.validationFlopsPerEpoch == Double(2 * (encoder + decoder)))

    // Weights and biases, γ and β of five blocks' convolutions … by hand.
    let convolutions: [(Int, Int)] = [(1, 2), (2, 4), (4, 4), (4, 8), (12, 4), (4, 4)]
    var parameters = 8 * 8 * 8 + 8 + 4 + 1
    for (inputs, outputs) in convolutions { parameters += 27 * inputs * outputs + 3 * outputs }
    #expect(plan.parameters == parameters)

    // A step, with two moments and an average; NetworkMemoryTests measures what it takes.
    let extents = SpatialAxes(14, 13, 12)
    let step = configuration.network.architecture.trainingBytes(for: extents, moments: 3)
    // The volumes fit into the cache: float image and 8-bit target; four samples are prefetched,
    // one is in use as volumes and as tensors.
    let unpadded = 14 * 13 * 12
    let held = (4 + 2) * 8 * unpadded
    // A validation holds its volume and target, and the next, as volumes and tensors.
    let validation =
      32 * unpadded
      + configuration.network.architecture.validationBytes(
        for: extents, betweenStepsOf: extents, batch: 1, moments: 3)
    let activations = max(step, validation)
    let cached = 5 * 5 * unpadded
    #expect(plan.bytes == activations + held + cached + TrainingPlan.processBytes)
    #expect(plan.threads >= 1 && plan.seconds > 0 && !plan.engine.isEmpty)
  }

  @Test func sizesAndPatches() throws {
    let run = try TrainingRun()
    let whole = try run.configuration("preprocessing.size=[16, 20, 24]")
    let plan = try Trainer(whole, output: run.files("a").path).plan
    #expect(plan.sample == Extent(depth: 16, height: 20, width: 24))
    let larger = try run.configuration("preprocessing.size=[16, 20, 24]", "data.cache=0")
    // Fitted volumes that train, and the one that validates as it is.
    #expect(
      try plan.bytes - Trainer(larger, output: run.files("a").path).plan.bytes
        == 5 * (4 * 16 * 20 * 24 + 14 * 13 * 12))
    let patches = try run.configuration("sampling={mode: patches, patch: [6, 8, 10]}")
    let small = try Trainer(patches, output: run.files("a").path).plan
    #expect(small.sample == Extent(depth: 6, height: 8, width: 10))
    #expect(3 * small.validationFlopsPerEpoch > small.flopsPerSample)
  }
}
