import Networks
import Tensors

/// What a benchmark found, with everything that its numbers depend on.
public struct BenchmarkReport: Sendable {
  /// What was timed.
  public enum Work: String, CaseIterable, Hashable, Sendable {
    /// Convolutions by themselves.
    case convolution
    /// A network's logits.
    case inference
    /// An update of a network's weights: forward, loss, backward, optimizer.
    case training
  }

  /// A part of the whole, `forward` say.
  public struct Part: Sendable {
    /// Its name.
    public let name: String
    /// Its times, one per run of the whole.
    public let timing: Timing
    /// Its floating-point operations, 0 where they are not counted.
    public let operations: Double
  }

  /// The machine and the engine.
  public let machine: BenchmarkMachine
  /// What the machine reaches at most, measured by the same process after everything else.
  public let peaks: MachinePeaks
  /// What was timed.
  public let work: Work
  /// The network's name; nil for a single convolution.
  public let network: String?
  /// Its architecture.
  public let architecture: UNetConfiguration?
  /// Samples at once.
  public let batch: Int
  /// The extents of the input.
  public let extents: SpatialAxes
  /// Runs of the whole.
  public let repetitions: Int
  /// Seconds of every run; empty for convolutions by themselves.
  public let seconds: [Double]
  /// Seconds of the shortest run; of convolutions by themselves, the sum over them.
  public let secondsMinimum: Double
  /// Seconds of the middle run; of convolutions by themselves, the sum over them.
  public let secondsMedian: Double
  /// Floating-point operations of direct convolution, two per multiply–add. A training step counts
  /// as three forward passes.
  public let operations: Double
  /// Parts of the whole.
  public let parts: [Part]
  /// The losses of all training steps, the warm-up's first.
  public let losses: [Double]
  /// Convolutions by themselves.
  public let layers: [ConvolutionTiming]
  /// The physical memory of the process before the network was made.
  public let processBytes: Int?
  /// The memory that the network was expected to take beside it.
  public let predictedBytes: Int?
  /// The most physical memory that the process held until the whole had been timed.
  public let peakBytes: Int?

  /// Operations per second of the shortest run.
  public var rate: Double { operations / secondsMinimum }
  /// Multiply–adds of one run.
  public var multiplyAdds: Double { operations / 2 }
}

extension BenchmarkReport {
  /// The report of convolutions by themselves; peaks are measured now.
  public init(
    _ timings: [ConvolutionTiming], of benchmark: ConvolutionBenchmark, network: String?,
    architecture: UNetConfiguration?, extents: SpatialAxes
  ) {
    let peak = ProcessMemory.peakBytes
    self.init(
      machine: .current, peaks: .measured(), work: .convolution, network: network,
      architecture: architecture, batch: benchmark.batch, extents: extents,
      repetitions: benchmark.repetitions, seconds: [],
      secondsMinimum: timings.reduce(0) { $0 + $1.timing.minimum },
      secondsMedian: timings.reduce(0) { $0 + $1.timing.median },
      operations: timings.reduce(0) { $0 + $1.operations }, parts: [], losses: [],
      layers: timings, processBytes: nil, predictedBytes: nil, peakBytes: peak)
  }
}
