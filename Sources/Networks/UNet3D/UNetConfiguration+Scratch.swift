import Compute
import Tensors

/// What the convolutions of a network take beside activations, by the plans they will follow.
extension UNetConfiguration {
  /// Bytes that ``InferenceNetwork`` keeps of all folded weights, at the points of fast
  /// convolutions mostly, and the workspace of the largest convolution on the threads in force.
  func inferenceScratch(for extents: SpatialAxes, batch: Int) -> (weights: Int, workspace: Int) {
    var (weights, workspace) = (0, 0)
    for convolution in convolutionsOrNone(for: extents) where convolution.kind == .convolution {
      guard let plan = convolution.plan(.forward, batch: batch, isPrepared: true) else { continue }
      // im2col reads the weight itself; that of the head, which has no normalization, is shared.
      let isFolded = convolution.name != "head"
      weights +=
        plan.weightBytes > 0
        ? plan.weightBytes
        : isFolded ? convolution.weightShape.count * MemoryLayout<Float>.stride : 0
      workspace = max(workspace, plan.workspaceBytes(threads: Parallel.threadCount))
    }
    return (weights, workspace)
  }

  /// Bytes of workspace of the largest convolution of a training step on the threads in force.
  func trainingWorkspace(for extents: SpatialAxes, batch: Int) -> Int {
    let threads = Parallel.threadCount
    var workspace = 0
    for convolution in convolutionsOrNone(for: extents) {
      guard convolution.kind == .convolution else {
        workspace = max(
          workspace,
          TransposedConvolution.weightGradientWorkspaceBytes(
            inputs: convolution.inputs, outputs: convolution.outputs, extents: convolution.input,
            batch: batch, threads: threads))
        continue
      }
      let plans = [
        convolution.plan(.forward, batch: batch, isPrepared: false),
        // The input gradient is a convolution with inputs and outputs exchanged.
        convolution.plan(.forward, batch: batch, isPrepared: false, isExchanged: true),
        convolution.plan(.weightGradient, batch: batch, isPrepared: false),
      ]
      for plan in plans {
        workspace = max(workspace, plan?.workspaceBytes(threads: threads) ?? 0)
      }
    }
    return workspace
  }

  /// The convolutions; none if there is no such network.
  private func convolutionsOrNone(for extents: SpatialAxes) -> [PlacedConvolution] {
    (try? convolutions(for: extents)) ?? []
  }
}

extension PlacedConvolution {
  fileprivate func plan(
    _ pass: ConvolutionProblem.Pass, batch: Int, isPrepared: Bool, isExchanged: Bool = false
  ) -> ConvolutionPlan? {
    let problem = try? ConvolutionProblem(
      geometry: geometry, batch: batch, inputChannels: isExchanged ? outputs : inputs,
      outputChannels: isExchanged ? inputs : outputs, extents: input, pass: pass,
      isPrepared: isPrepared)
    return problem.map { ConvolutionPlanner.plan($0) }
  }
}
