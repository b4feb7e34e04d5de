import Compute
import Tensors

/// What the convolutions of a network take beside activations, by the plans they will follow.
extension UNetConfiguration {
  /// Numbers that ``InferenceNetwork`` keeps of all weights at the points of fast convolutions, and
  /// the scratch of the largest convolution on all threads.
  func inferenceScratch(for extents: SpatialAxes, batch: Int) -> (weights: Int, scratch: Int) {
    var (weights, scratch) = (0, 0)
    forEachConvolution(extents) { convolution in
      guard
        let problem = convolution.problem(
          .forward, inputs: convolution.inputs, outputs: convolution.outputs, batch: batch,
          isPrepared: true)
      else { return }
      let plan = ConvolutionPlanner.plan(problem)
      weights += plan.weightCount
      scratch = max(scratch, plan.workerCount)
    }
    return (weights, scratch)
  }

  /// Numbers of scratch of the largest convolution of a training step on all threads: weights at
  /// the points of fast convolutions, tiles, and partial sums of weight gradients.
  func trainingScratch(for extents: SpatialAxes, batch: Int) -> Int {
    var scratch = 0
    forEachConvolution(extents) { convolution in
      let (inputs, outputs) = (convolution.inputs, convolution.outputs)
      for (inputs, outputs) in [(inputs, outputs), (outputs, inputs)] {
        guard
          let problem = convolution.problem(
            .forward, inputs: inputs, outputs: outputs, batch: batch, isPrepared: false)
        else { return }
        let plan = ConvolutionPlanner.plan(problem)
        scratch = max(scratch, plan.weightCount + plan.workerCount)
      }
      guard
        let problem = convolution.problem(
          .weightGradient, inputs: inputs, outputs: outputs, batch: batch, isPrepared: false)
      else { return }
      let plan = ConvolutionPlanner.plan(problem)
      // Every group of blocks adds up a gradient of its own; their number is limited, and their size.
      let gradient = plan.weightCount
      scratch = max(
        scratch, plan.workerCount + min(32 * gradient, max(gradient, Self.partialSums)))
    }
    return scratch
  }

  /// Numbers that the partial sums of a weight gradient may take where one is not larger.
  private static let partialSums = 1 << 24

  private func forEachConvolution(
    _ extents: SpatialAxes, _ body: (PlacedConvolution) -> Void
  ) {
    // Without a network there is nothing to count.
    guard let convolutions = try? convolutions(for: extents) else { return }
    for convolution in convolutions where convolution.kind == .convolution { body(convolution) }
  }
}

extension PlacedConvolution {
  /// The convolution as its planner sees it, with these channels.
  fileprivate func problem(
    _ pass: ConvolutionProblem.Pass, inputs: Int, outputs: Int, batch: Int, isPrepared: Bool
  ) -> ConvolutionProblem? {
    try? ConvolutionProblem(
      geometry: geometry, batch: batch, inputChannels: inputs, outputChannels: outputs,
      extents: input, pass: pass, isPrepared: isPrepared)
  }
}

extension ConvolutionPlan {
  /// Numbers of a weight at all points of the plan.
  fileprivate var weightCount: Int {
    let kernel = problem.geometry.kernel
    func points(_ tile: Int, _ taps: Int) -> Int { tile > 1 ? tile + taps - 1 : taps }
    let perPair: Int
    switch algorithm {
    case .im2col: return 0
    case .direct: perPair = kernel.product
    case .transforms(let tile):
      perPair =
        points(tile.depth, kernel.depth) * points(tile.height, kernel.height)
        * points(tile.width, kernel.width)
    }
    return perPair * problem.inputChannels * problem.outputChannels
  }

  /// Numbers of scratch of all threads.
  fileprivate var workerCount: Int {
    scratchBytes / MemoryLayout<Float>.stride * Parallel.threadCount
  }
}
