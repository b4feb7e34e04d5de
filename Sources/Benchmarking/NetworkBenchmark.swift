import Compute
import Networks
import Tensors

/// Times whole networks: inference and training steps.
public struct NetworkBenchmark: Sendable {
  /// Progress of a benchmark.
  public enum Event: Sendable {
    /// A run of the whole starts; the first is the warm-up.
    case run(Int, of: Int)
    /// The timing of a single convolution starts.
    case layer(Int, of: Int, name: String)
    /// The measurement of the machine's peaks starts.
    case peaks
  }

  /// The network.
  public private(set) var network: BenchmarkNetwork
  /// Its input.
  public let input: BenchmarkInput
  /// The number of timed runs.
  public let repetitions: Int
  /// Whether single convolutions are timed as well.
  public let timesLayers: Bool

  /// A benchmark of this network on this input.
  public init(
    _ network: BenchmarkNetwork, input: BenchmarkInput, repetitions: Int, timesLayers: Bool = true
  ) {
    self.network = network
    self.input = input
    self.repetitions = repetitions
    self.timesLayers = timesLayers
  }

  /// Times inference; also returns the logits `[N, out, D, H, W]`.
  public func inference(
    seed: UInt64 = 0, report: (Event) -> Void = { _ in }
  ) throws -> (report: BenchmarkReport, logits: Tensor) {
    let inference = try InferenceNetwork(network.network)
    var workspace = Workspace()
    var logits: Tensor?
    var run = 0
    let timing = try Timing.of(repetitions: repetitions) {
      report(.run(run, of: repetitions))
      run += 1
      logits = nil  // frees the last output before the next is made
      logits = try inference.predict(input.image, workspace: &workspace)
    }
    guard let logits else { preconditionFailure("a timing runs its work at least once") }
    let summary = try summary(
      of: Runs(work: .inference, timing: timing), seed: seed, report: report)
    return (summary, logits)
  }

  /// Times training steps: forward, loss, backward, and the update of stochastic gradient descent
  /// with momentum 0.9. The network is trained in place: no second one takes memory.
  public mutating func training(
    loss: any Loss, seed: UInt64 = 0, report: (Event) -> Void = { _ in }
  ) throws -> BenchmarkReport {
    var state = TrainingStepState()
    var steps: [TrainingStepState.Step] = []
    for step in 0...repetitions {
      report(.run(step, of: repetitions))
      steps.append(try state.step(&network.network, input, loss: loss))
    }
    // The first step is the warm-up.
    let counted = steps.dropFirst()
    func part(
      _ name: String, _ operations: Double, _ seconds: (TrainingStepState.Step) -> Double
    ) -> BenchmarkReport.Part {
      BenchmarkReport.Part(
        name: name, timing: Timing(seconds: counted.map(seconds)), operations: operations)
    }
    var runs = Runs(work: .training, timing: Timing(seconds: counted.map(\.seconds)))
    runs.parts = [
      part("forward", operations, \.forward), part("loss", 0, \.loss),
      part("backward", 2 * operations, \.backward), part("update", 0, \.update),
    ]
    runs.losses = steps.map(\.value)
    return try summary(of: runs, seed: seed, report: report)
  }

  /// Floating-point operations of a forward pass.
  private var operations: Double {
    2 * Double(network.architecture.multiplyAdds(for: input.extents))
      * Double(input.image.shape.batch)
  }

  /// The times and losses of the runs of the whole network.
  private struct Runs {
    let work: BenchmarkReport.Work
    let timing: Timing
    var parts: [BenchmarkReport.Part] = []
    var losses: [Double] = []
  }

  /// Adds what is measured after the whole: memory first, then layers, then peaks.
  private func summary(
    of runs: Runs, seed: UInt64, report: (Event) -> Void
  ) throws -> BenchmarkReport {
    let (work, timing) = (runs.work, runs.timing)
    let peak = ProcessMemory.peakBytes
    var layers: [ConvolutionTiming] = []
    if timesLayers {
      var benchmark = try ConvolutionBenchmark(
        network.architecture, extents: input.extents,
        passes: work == .inference ? [.forward] : ConvolutionBenchmark.Pass.allCases,
        repetitions: repetitions)
      benchmark.batch = input.image.shape.batch
      benchmark.isPrepared = work == .inference
      layers = try benchmark.run(seed: seed) { report(.layer($0, of: $1, name: $2)) }
    }
    report(.peaks)
    return BenchmarkReport(
      machine: .current, peaks: .measured(), work: work, network: network.name,
      architecture: network.architecture, batch: input.image.shape.batch, extents: input.extents,
      repetitions: repetitions, seconds: timing.seconds, secondsMinimum: timing.minimum,
      secondsMedian: timing.median,
      operations: (work == .training ? 3 : 1) * operations, parts: runs.parts,
      losses: runs.losses,
      layers: layers, processBytes: network.processBytes,
      predictedBytes: network.predictedBytes(for: input, work: work), peakBytes: peak)
  }
}
