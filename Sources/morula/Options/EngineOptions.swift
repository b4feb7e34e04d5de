import ArgumentParser
import Tensors

/// The option of every command that runs networks.
struct EngineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Compute all convolutions by one algorithm, for comparisons: im2col, direct, or fast-ZxYxX for \
      transforms with that many outputs per tile along z, y and x, for example fast-4x4x1. \
      Convolutions that it cannot compute use im2col (default: the fastest for each; see `morula \
      benchmark plan`).
      """,
      valueName: "algorithm"))
  var convolution: ConvolutionAlgorithm?

  /// Sets the algorithm of the process.
  func apply() {
    if let convolution { ConvolutionPlanner.defaultAlgorithm = convolution }
  }
}
