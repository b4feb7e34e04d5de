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
  public let batch: Int
  /// The runs of each, at least; short ones are repeated for 20 ms.
  public let repetitions: Int
  /// Whether the first layer's input gradient is left out, as in training: nobody trains the image.
  public let skipsFirstInputGradient: Bool
  /// Whether the forward pass has its weights transformed beforehand, as in inference.
  public let isPrepared: Bool

  /// Layers this short are repeated until so many seconds have passed.
  private static let leastSeconds = 0.02

  /// The convolutions of a network for inputs of `extents`.
  public init(
    _ architecture: UNetConfiguration, extents: SpatialAxes, batch: Int = 1,
    passes: [Pass] = Pass.allCases, isPrepared: Bool = false, repetitions: Int
  ) throws {
    self.isPrepared = isPrepared
    layers = try architecture.convolutions(for: extents)
    self.passes = passes
    self.batch = batch
    self.repetitions = repetitions
    skipsFirstInputGradient = true
  }

  /// A single convolution.
  public init(_ layer: PlacedConvolution, passes: [Pass] = Pass.allCases, repetitions: Int) {
    layers = [layer]
    isPrepared = false
    self.passes = passes
    batch = 1
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

  private func time(
    _ layer: PlacedConvolution, _ pass: Pass, seed: UInt64, workspace: inout Workspace
  ) throws -> ConvolutionTiming {
    let weight = BenchmarkTensor.noise(layer.weightShape, in: -0.1...0.1, seed: seed, stream: 1)
    let bias = BenchmarkTensor.noise([layer.outputs], in: -0.1...0.1, seed: seed, stream: 2)
    func input() -> Tensor {
      BenchmarkTensor.noise(layer.inputShape(batch: batch), in: -1...1, seed: seed, stream: 3)
    }
    func gradient() -> Tensor {
      BenchmarkTensor.noise(layer.outputShape(batch: batch), in: -1...1, seed: seed, stream: 4)
    }
    let geometry = layer.geometry
    func timing(_ body: () throws -> Tensor) throws -> ConvolutionTiming {
      let timing = try Timing.of(repetitions: repetitions, leastSeconds: Self.leastSeconds) {
        _ = try body()
      }
      let plan = try layer.plan(pass, isPrepared: isPrepared, batch: batch)
      return ConvolutionTiming(
        layer: layer, pass: pass, batch: batch, plan: layer.planName(plan),
        computedMultiplyAdds: plan?.multiplyAdds ?? layer.multiplyAdds * batch, timing: timing)
    }
    switch (pass, layer.kind) {
    case (.forward, .convolution):
      let x = input()
      if isPrepared {
        let prepared = try PreparedConvolution(
          weight: weight, bias: bias, geometry: geometry, relu: layer.name != "head")
        let stack = try ChannelStack([x])
        return try timing { try prepared(stack, workspace: &workspace) }
      }
      return try timing {
        try Convolution.forward(
          x, weight: weight, bias: bias, geometry: geometry, workspace: &workspace)
      }
    case (.forward, .transposed):
      let x = input()
      return try timing {
        try TransposedConvolution.forward(
          x, weight: weight, bias: bias, geometry: geometry, workspace: &workspace)
      }
    case (.inputGradient, .convolution):
      let dy = gradient()
      return try timing {
        try Convolution.inputGradient(
          dy, weight: weight, extents: layer.input, geometry: geometry, workspace: &workspace)
      }
    case (.inputGradient, .transposed):
      let dy = gradient()
      return try timing {
        try TransposedConvolution.inputGradient(
          dy, weight: weight, geometry: geometry, workspace: &workspace)
      }
    case (.weightGradient, .convolution):
      let (x, dy) = (input(), gradient())
      return try timing {
        try Convolution.weightGradient(
          dy, input: x, geometry: geometry, workspace: &workspace)
      }
    case (.weightGradient, .transposed):
      let (x, dy) = (input(), gradient())
      return try timing {
        try TransposedConvolution.weightGradient(
          dy, input: x, geometry: geometry, workspace: &workspace)
      }
    }
  }
}
