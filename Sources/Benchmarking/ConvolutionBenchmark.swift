import Compute
import Networks
import Tensors

/// Times single convolutions, on random numbers.
public struct ConvolutionBenchmark: Sendable {
  /// One of the three products of a convolution.
  public enum Pass: String, CaseIterable, Hashable, Sendable {
    /// The output.
    case forward
    /// The gradient of the input from that of the output.
    case inputGradient = "input-gradient"
    /// The gradient of the weight from that of the output.
    case weightGradient = "weight-gradient"
  }

  /// The convolutions.
  public let layers: [PlacedConvolution]
  /// The passes that are timed.
  public let passes: [Pass]
  /// The samples in a batch.
  public var batch = 1
  /// The minimum number of runs of each; short ones are repeated for 20 ms.
  public let repetitions: Int
  /// Whether the input gradient of the first layer is left out; training does not need it.
  public let skipsFirstInputGradient: Bool
  /// Whether weights are transformed before the forward pass is timed, as in inference.
  public var isPrepared = false

  /// The seconds for which short layers are repeated.
  static let minimumSeconds = 0.02

  /// The convolutions of a network for inputs of `extents`.
  public init(
    _ architecture: UNetConfiguration, extents: SpatialAxes, passes: [Pass] = Pass.allCases,
    repetitions: Int
  ) throws {
    layers = try architecture.convolutions(for: extents)
    self.passes = passes
    self.repetitions = repetitions
    skipsFirstInputGradient = true
  }

  /// A single convolution.
  public init(_ layer: PlacedConvolution, passes: [Pass] = Pass.allCases, repetitions: Int) {
    layers = [layer]
    self.passes = passes
    self.repetitions = repetitions
    skipsFirstInputGradient = false
  }

  /// The bytes of the largest layer's tensors: input, output, and twice the weights.
  public var largestBytes: Int {
    let floats = layers.map { layer -> Double in
      let input = Double(layer.inputs) * Double(layer.input.product)
      let output = Double(layer.outputs) * Double(layer.output.product)
      return Double(batch) * (input + output) + 2 * Double(layer.weightShape.count)
    }
    return Int(clamping: Int64(min(4e18, 4 * (floats.max() ?? 0))))
  }

  /// Times every pass of every layer, pass by pass.
  ///
  /// - Parameters:
  ///   - seed: The seed of inputs and weights.
  ///   - report: Called before each with the number done, the total, and the name of the next.
  public func run(
    seed: UInt64, report: (_ done: Int, _ total: Int, _ name: String) -> Void = { _, _, _ in }
  ) throws -> [ConvolutionTiming] {
    let work = passes.flatMap { pass in
      layers.indices.filter {
        !($0 == 0 && skipsFirstInputGradient && pass == .inputGradient)
      }.map { (layers[$0], pass) }
    }
    var workspace = Workspace()
    var timings: [ConvolutionTiming] = []
    for (done, (layer, pass)) in work.enumerated() {
      report(done, work.count, "\(layer.name), \(pass.rawValue)")
      timings.append(try time(layer, pass, seed: seed, workspace: &workspace))
    }
    return timings
  }
}
