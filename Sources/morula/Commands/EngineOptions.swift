import ArgumentParser
import Tensors

/// Options of every command that runs networks.
struct EngineOptions: ParsableArguments {
  @OptionGroup var compute: ComputeOptions

  @Option(
    help: ArgumentHelp(
      """
      Force the convolution algorithm, to compare: im2col, direct, or fast-ZxYxX, transforms with that \
      many outputs per tile along an axis (1: none), fast-4x4x1 say. Convolutions that cannot take it use \
      im2col (default: chosen for each; see `morula benchmark plan`).
      """,
      valueName: "algorithm"))
  var convolution: ConvolutionAlgorithm?

  /// Sets threads and algorithm of the process.
  func apply() {
    compute.apply()
    if let convolution { ConvolutionPlanner.defaultAlgorithm = convolution }
  }
}

extension ConvolutionAlgorithm: ExpressibleByArgument {
  /// The algorithm of this name.
  public init?(argument: String) { self.init(argument) }
}
