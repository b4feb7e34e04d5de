import Compute
import Networks
import Tensors

/// Times convolutions by themselves, on random numbers.
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
  /// What to time of each.
  public let passes: [Pass]
  /// Samples at once.
  public var batch = 1
  /// The runs of each, at least; short ones are repeated for 20 ms.
  public let repetitions: Int
  /// Whether the first layer's input gradient is left out, as in training, which does not change the
  /// image.
  public let skipsFirstInputGradient: Bool
  /// Whether the forward pass has its weights transformed beforehand, as in inference.
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

  /// The memory of the largest layer's tensors, in bytes: input, output and weights, as many again
  /// for their gradients.
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
  ///   - report: Told before each: how many are done, of how many, and which comes.
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
